// before
// #region heat
export const heat = () => 95
// #endregion heat
