import { confidencePlots } from './confidence-plot.ts';
import { growthPlot } from './growth-plot.ts';
import { peerPlots } from './peer-plots.ts';

/** A picture in docs/plots, drawn from what readResults() of bench/results.ts gives. */
export interface DrawnPlot {
  /** Its name in docs/plots. */
  file: string;
  draw(): string;
}

export const everyPlot: DrawnPlot[] = [...peerPlots, ...confidencePlots, growthPlot];
