// A kettle.
use water;
// ANCHOR: heat
let t = 95;
// ANCHOR_END: heat
