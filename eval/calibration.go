package eval

// Calibration says whether the estimates that the documentation holds an answer
// can be taken at their word: of the questions with 0.8, eight of ten should be
// answerable.
type Calibration struct {
	// Brier is the mean of (estimate - outcome)², where the outcome is 1 for an
	// answerable question and else 0 (Brier 1950): 0 is perfect, always saying
	// one half makes 0.25.
	Brier float64 `json:"brier"`
	Bins  []Bin   `json:"bins"` // ten of equal width, those without questions too
}

// Bin is the questions whose estimates lie within From <= p < To; the last one
// has 1, too.
type Bin struct {
	From      float64 `json:"from"`
	To        float64 `json:"to"`
	Questions int     `json:"questions"`
	Estimated float64 `json:"estimated"` // mean of the estimates; 0 without questions
	Observed  float64 `json:"observed"`  // share that is answerable; 0 without questions
}

// bins is how many there are.
const bins = 10

func calibrate(results []Result) Calibration {
	c := Calibration{Bins: make([]Bin, bins)}
	for i := range c.Bins {
		c.Bins[i].From, c.Bins[i].To = float64(i)/bins, float64(i+1)/bins
	}
	for _, r := range results {
		outcome := float64(count(r.Answerable))
		off := r.Probability - outcome
		c.Brier += off * off / float64(len(results))
		b := &c.Bins[min(max(int(r.Probability*bins), 0), bins-1)]
		b.Questions++
		b.Estimated += r.Probability
		b.Observed += outcome
	}
	for i := range c.Bins {
		if b := &c.Bins[i]; b.Questions > 0 {
			b.Estimated /= float64(b.Questions)
			b.Observed /= float64(b.Questions)
		}
	}
	return c
}
