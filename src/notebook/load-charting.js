/**
 * Loads the optional peers. JavaScript, since the compiler would read their 137 declaration files, which makes bundling ours a quarter
 * slower.
 */
export const loadCharting = async () => {
  const [vega, vegaLite] = await Promise.all([import("vega"), import("vega-lite")]);
  return { vega, vegaLite };
};
