/** What was measured of each arm, one entry a round. */
export type Samples<Sample> = Record<string, Sample[]>;

/** Measures every arm once a round, in turn; each second round the other way round. */
export async function rounds<Sample>(
  count: number,
  arms: Record<string, () => Promise<Sample>>,
): Promise<Samples<Sample>> {
  const samples: Samples<Sample> = Object.fromEntries(Object.keys(arms).map((name) => [name, []]));
  for (let round = 0; round < count; round++) {
    const order = Object.entries(arms);
    if (round % 2 === 1) order.reverse();
    for (const [name, arm] of order) samples[name]?.push(await arm());
  }
  return samples;
}
