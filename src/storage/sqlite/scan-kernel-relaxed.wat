;; What scan-kernel.wat does, faster, on engines that have relaxed SIMD: 16 products an instruction.
;;
;; Its second operand may have 7 bits only, so the query stands at address 1024 as 384 bytes of -63..63 with 64
;; added, and 64 times the sum of its row is taken off each product; `correction` is that number, an int32 a row.
;;
;; Memory is what takes the time, and it serves several places at once faster than one: the rows are visited a quarter of
;; them apart (0, n, 2n, 3n, 1, n + 1, ..., with n a quarter of `count`, a multiple of 4).
(module
  (import "host" "memory" (memory 1 65536 shared))
  (func (export "scan")
    (param $row i32) (param $scale i32) (param $correction i32) (param $count i32) (param $slot i32)
    (param $queryScale f32) (param $floor f32) (param $match i32) (result i32)
    (local $sum v128) (local $other v128) (local $at i32) (local $first i32) (local $cosine f32)
    (local $left i32) (local $quarter i32) (local $rowStep i32) (local $quarters i32)
    (local.set $first (local.get $match))
    (local.set $left (local.get $count))
    (local.set $quarter (i32.shr_u (local.get $count) (i32.const 2)))
    (local.set $rowStep (i32.mul (local.get $quarter) (i32.const 384)))
    (block $done
      (loop $rows
        (br_if $done (i32.eqz (local.get $left)))
        (local.set $left (i32.sub (local.get $left) (i32.const 1)))
        (local.set $sum (v128.const i32x4 0 0 0 0))
        (local.set $other (v128.const i32x4 0 0 0 0))
        (local.set $at (i32.const 0))
        (loop $dimensions
          ;; 128 dimensions a turn, two independent sums
          (local.set $sum (i32x4.relaxed_dot_i8x16_i7x16_add_s
            (v128.load (local.get $row)) (v128.load offset=1024 (local.get $at)) (local.get $sum)))
          (local.set $other (i32x4.relaxed_dot_i8x16_i7x16_add_s
            (v128.load offset=16 (local.get $row)) (v128.load offset=1040 (local.get $at)) (local.get $other)))
          (local.set $sum (i32x4.relaxed_dot_i8x16_i7x16_add_s
            (v128.load offset=32 (local.get $row)) (v128.load offset=1056 (local.get $at)) (local.get $sum)))
          (local.set $other (i32x4.relaxed_dot_i8x16_i7x16_add_s
            (v128.load offset=48 (local.get $row)) (v128.load offset=1072 (local.get $at)) (local.get $other)))
          (local.set $sum (i32x4.relaxed_dot_i8x16_i7x16_add_s
            (v128.load offset=64 (local.get $row)) (v128.load offset=1088 (local.get $at)) (local.get $sum)))
          (local.set $other (i32x4.relaxed_dot_i8x16_i7x16_add_s
            (v128.load offset=80 (local.get $row)) (v128.load offset=1104 (local.get $at)) (local.get $other)))
          (local.set $sum (i32x4.relaxed_dot_i8x16_i7x16_add_s
            (v128.load offset=96 (local.get $row)) (v128.load offset=1120 (local.get $at)) (local.get $sum)))
          (local.set $other (i32x4.relaxed_dot_i8x16_i7x16_add_s
            (v128.load offset=112 (local.get $row)) (v128.load offset=1136 (local.get $at)) (local.get $other)))
          (local.set $row (i32.add (local.get $row) (i32.const 128)))
          (local.set $at (i32.add (local.get $at) (i32.const 128)))
          (br_if $dimensions (i32.lt_u (local.get $at) (i32.const 384))))
        (local.set $sum (i32x4.add (local.get $sum) (local.get $other)))
        (local.set $cosine (f32.mul
          (f32.mul (f32.load (local.get $scale)) (local.get $queryScale))
          (f32.convert_i32_s (i32.sub
            (i32.add
              (i32.add (i32x4.extract_lane 0 (local.get $sum)) (i32x4.extract_lane 1 (local.get $sum)))
              (i32.add (i32x4.extract_lane 2 (local.get $sum)) (i32x4.extract_lane 3 (local.get $sum))))
            (i32.load (local.get $correction))))))
        (if (f32.ge (local.get $cosine) (local.get $floor)) (then
          (i32.store (local.get $match) (local.get $slot))
          (f32.store offset=4 (local.get $match) (local.get $cosine))
          (local.set $match (i32.add (local.get $match) (i32.const 8)))))
        ;; From here to the next quarter ($row stands at the row's end), and from the last one to the first one's next row.
        (local.set $quarters (i32.add (local.get $quarters) (i32.const 1)))
        (local.set $slot (i32.add (local.get $slot) (local.get $quarter)))
        (local.set $row (i32.add (local.get $row) (i32.sub (local.get $rowStep) (i32.const 384))))
        (local.set $scale (i32.add (local.get $scale) (local.get $count)))
        (local.set $correction (i32.add (local.get $correction) (local.get $count)))
        (if (i32.eq (local.get $quarters) (i32.const 4)) (then
          (local.set $quarters (i32.const 0))
          (local.set $slot (i32.add (local.get $slot) (i32.sub (i32.const 1) (local.get $count))))
          (local.set $row (i32.add (local.get $row) (i32.sub (i32.const 384) (i32.shl (local.get $rowStep) (i32.const 2)))))
          (local.set $scale (i32.add (local.get $scale) (i32.sub (i32.const 4) (i32.shl (local.get $count) (i32.const 2)))))
          (local.set $correction
            (i32.add (local.get $correction) (i32.sub (i32.const 4) (i32.shl (local.get $count) (i32.const 2)))))))
        (br $rows)))
    (i32.shr_u (i32.sub (local.get $match) (local.get $first)) (i32.const 3))))
