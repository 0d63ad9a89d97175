;; Dot products of one int8 query with many int8 rows of 384 dimensions, scaled to float32.
;;
;; Memory, in blocks made by vector-blocks.ts: the query as 384 int16 (so that each step is one widening
;; load, one multiply-add of pairs and one add), rows of 384 bytes without gaps, one float32 scale a row,
;; one float32 score a row. All addresses are multiples of 16.
(module
  (memory (import "host" "memory") 1)
  (func (export "scan")
    (param $query i32) (param $row i32) (param $scale i32) (param $score i32) (param $count i32)
    (local $sum v128) (local $other v128) (local $end i32) (local $at i32) (local $q i32)
    (local.set $end (i32.add (local.get $scale) (i32.shl (local.get $count) (i32.const 2))))
    (block $done
      (loop $rows
        (br_if $done (i32.ge_u (local.get $scale) (local.get $end)))
        (local.set $sum (v128.const i32x4 0 0 0 0))
        (local.set $other (v128.const i32x4 0 0 0 0))
        (local.set $q (local.get $query))
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
        (f32.store (local.get $score) (f32.mul
          (f32.load (local.get $scale))
          (f32.convert_i32_s
            (i32.add
              (i32.add (i32x4.extract_lane 0 (local.get $sum)) (i32x4.extract_lane 1 (local.get $sum)))
              (i32.add (i32x4.extract_lane 2 (local.get $sum)) (i32x4.extract_lane 3 (local.get $sum)))))))
        (local.set $scale (i32.add (local.get $scale) (i32.const 4)))
        (local.set $score (i32.add (local.get $score) (i32.const 4)))
        (br $rows)))))
