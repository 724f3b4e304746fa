package chatkit

import "docent"

// closing shows what stands behind an answer: it is told after the answer's item.
func (a *answer) closing(docent.DoneData) error { return nil }
