// boil heats the water.
export function boil() {
  return 95;
}
