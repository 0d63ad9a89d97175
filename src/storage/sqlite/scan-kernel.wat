;; Dot products of one query with int8 rows of 384 dimensions: the cosines that reach a floor are written out.
;;
;; Memory is laid out by vector-blocks.ts: the query as 384 int16 at address 0; rows of 384 bytes without gaps; one
;; float32 scale a row, NaN where there is no row, so that it reaches no floor; the matches, each an int32 slot and
;; a float32 cosine. All addresses are multiples of 16, but for those of a row's scale and of a match.
(module
  (import "host" "memory" (memory 1 65536 shared))
  ;; Writes the matches among `count` rows, which have the slots from `slot` on, and returns how many there are.
  (func (export "scan")
    (param $row i32) (param $scale i32) (param $count i32) (param $slot i32)
    (param $queryScale f32) (param $floor f32) (param $match i32) (result i32)
    (local $sum v128) (local $other v128) (local $end i32) (local $at i32) (local $q i32)
    (local $first i32) (local $cosine f32)
    (local.set $first (local.get $match))
    (local.set $end (i32.add (local.get $scale) (i32.shl (local.get $count) (i32.const 2))))
    (block $done
      (loop $rows
        (br_if $done (i32.ge_u (local.get $scale) (local.get $end)))
        (local.set $sum (v128.const i32x4 0 0 0 0))
        (local.set $other (v128.const i32x4 0 0 0 0))
        (local.set $q (i32.const 0))
        (local.set $at (i32.add (local.get $row) (i32.const 384)))
        (loop $dimensions
          ;; 64 dimensions a turn, two independent sums
          (local.set $sum (i32x4.add (local.get $sum)
            (i32x4.dot_i16x8_s (v128.load8x8_s (local.get $row)) (v128.load (local.get $q)))))
          (local.set $other (i32x4.add (local.get $other)
            (i32x4.dot_i16x8_s (v128.load8x8_s offset=8 (local.get $row)) (v128.load offset=16 (local.get $q)))))
          (local.set $sum (i32x4.add (local.get $sum)
            (i32x4.dot_i16x8_s (v128.load8x8_s offset=16 (local.get $row)) (v128.load offset=32 (local.get $q)))))
          (local.set $other (i32x4.add (local.get $other)
            (i32x4.dot_i16x8_s (v128.load8x8_s offset=24 (local.get $row)) (v128.load offset=48 (local.get $q)))))
          (local.set $sum (i32x4.add (local.get $sum)
            (i32x4.dot_i16x8_s (v128.load8x8_s offset=32 (local.get $row)) (v128.load offset=64 (local.get $q)))))
          (local.set $other (i32x4.add (local.get $other)
            (i32x4.dot_i16x8_s (v128.load8x8_s offset=40 (local.get $row)) (v128.load offset=80 (local.get $q)))))
          (local.set $sum (i32x4.add (local.get $sum)
            (i32x4.dot_i16x8_s (v128.load8x8_s offset=48 (local.get $row)) (v128.load offset=96 (local.get $q)))))
          (local.set $other (i32x4.add (local.get $other)
            (i32x4.dot_i16x8_s (v128.load8x8_s offset=56 (local.get $row)) (v128.load offset=112 (local.get $q)))))
          (local.set $row (i32.add (local.get $row) (i32.const 64)))
          (local.set $q (i32.add (local.get $q) (i32.const 128)))
          (br_if $dimensions (i32.lt_u (local.get $row) (local.get $at))))
        (local.set $sum (i32x4.add (local.get $sum) (local.get $other)))
        (local.set $cosine (f32.mul
          (f32.mul (f32.load (local.get $scale)) (local.get $queryScale))
          (f32.convert_i32_s
            (i32.add
              (i32.add (i32x4.extract_lane 0 (local.get $sum)) (i32x4.extract_lane 1 (local.get $sum)))
              (i32.add (i32x4.extract_lane 2 (local.get $sum)) (i32x4.extract_lane 3 (local.get $sum)))))))
        (if (f32.ge (local.get $cosine) (local.get $floor)) (then
          (i32.store (local.get $match) (local.get $slot))
          (f32.store offset=4 (local.get $match) (local.get $cosine))
          (local.set $match (i32.add (local.get $match) (i32.const 8)))))
        (local.set $scale (i32.add (local.get $scale) (i32.const 4)))
        (local.set $slot (i32.add (local.get $slot) (i32.const 1)))
        (br $rows)))
    (i32.shr_u (i32.sub (local.get $match) (local.get $first)) (i32.const 3))))
