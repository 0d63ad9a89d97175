/** The standard normal quantile of 97.5 %. */
const z = 1.959964;

/**
 * The 95 % score interval of a share (E. B. Wilson, "Probable inference, the law of succession, and statistical
 * inference", 1927): [0, 1] where nothing was counted.
 */
export function wilsonInterval(successes: number, total: number): [low: number, high: number] {
  if (total === 0) return [0, 1];
  const share = successes / total;
  const centre = share + (z * z) / (2 * total);
  const spread = z * Math.sqrt((share * (1 - share)) / total + (z * z) / (4 * total * total));
  const scale = 1 + (z * z) / total;
  return [Math.max(0, (centre - spread) / scale), Math.min(1, (centre + spread) / scale)];
}
