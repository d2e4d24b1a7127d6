// How the chart looks: colours in light and dark, line styles, names.

export const THEMES = {
  light: {
    background: "#ffffff", text: "#3b4552", grid: "#eceff3", up: "#0f7a45", down: "#c02826", line: "#0b5fc2",
    support: "#0f7a45", resistance: "#c02826", entry: "#0b5fc2", target: "#6b35b8", stop: "#9a5400", fibonacci: "#8a6d00",
    trend: "#0b5fc2", mark: "#6b35b8", series: ["#9a5400", "#7440c4", "#00707a", "#b0307a", "#4a6a00", "#0b5fc2"],
  },
  dark: {
    background: "#161b22", text: "#c3cad5", grid: "#262d37", up: "#3fb27f", down: "#ef6b64", line: "#6aa9f7",
    support: "#5fd39a", resistance: "#ff9089", entry: "#83b9ff", target: "#c6a3ff", stop: "#f3b555", fibonacci: "#dcc25a",
    trend: "#83b9ff", mark: "#c6a3ff", series: ["#f3b555", "#c6a3ff", "#5fd0d8", "#f29ac9", "#b7d774", "#83b9ff"],
  },
};
export const NAMES = { support: "Support", resistance: "Resistance", entry: "Entry", target: "Target", stop: "Stop" };
export const LINES = { solid: 0, dotted: 1, dashed: 2 };
