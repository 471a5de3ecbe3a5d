/** "45 s", "1 min 30 s", "10 min", "2 h", "1 h 30 min": the two largest units that matter; seconds only below ten minutes. */
export function formatDuration(ms: number): string {
  const seconds = Math.round(ms / 1000);
  if (seconds < 60) return `${seconds} s`;
  if (seconds < 600) return join(Math.floor(seconds / 60), "min", seconds % 60, "s");
  const minutes = Math.round(seconds / 60);
  return minutes < 60 ? `${minutes} min` : join(Math.floor(minutes / 60), "h", minutes % 60, "min");
}

const join = (large: number, unit: string, small: number, smallUnit: string) =>
  small === 0 ? `${large} ${unit}` : `${large} ${unit} ${small} ${smallUnit}`;
