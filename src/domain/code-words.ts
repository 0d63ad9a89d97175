/**
 * Keywords and names of types of common programming languages: they stand in the signatures and descriptions of
 * functions of every kind, and differ between two languages where the task is the same.
 */
export const codeWords: ReadonlySet<string> = new Set(
  `def fn fun func function class struct impl interface enum trait pub public private protected static final const
  let var val mut async await return import from use using typing package include module export default extends
  implements where self new void none null nil undefined
  int integer isize usize i8 i16 i32 i64 u8 u16 u32 u64 f32 f64 short long float double number char byte bool boolean
  str string list array arr slice vec vector tuple set dict map hashmap object optional option result any union box`.split(
    /\s+/,
  ),
);
