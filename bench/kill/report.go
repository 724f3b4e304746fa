package main

import (
	"fmt"
	"io"
	"os"
	"strings"
	"text/tabwriter"
)

// report is what the run found.
type report struct {
	rows       [][3]string // store, what, how much
	violations []string
}

func (r *report) add(store, what, format string, args ...any) {
	r.rows = append(r.rows, [3]string{store, what, fmt.Sprintf(format, args...)})
}

func (r *report) notRun(what, why string) {
	first, _, _ := strings.Cut(why, "\n")
	r.add(what, "NOT RUN", "%s", first)
}

// violate notes that something did not hold, and says so at once.
func (r *report) violate(store, format string, args ...any) {
	v := store + ": " + fmt.Sprintf(format, args...)
	r.violations = append(r.violations, v)
	if len(r.violations) <= maxShown {
		fmt.Fprintln(os.Stderr, "VIOLATION "+v)
	}
}

// maxShown is how many violations are printed.
const maxShown = 40

func (r *report) print(out io.Writer) {
	w := tabwriter.NewWriter(out, 0, 0, 2, ' ', 0)
	for _, row := range r.rows {
		fmt.Fprintf(w, "%s\t%s\t%s\n", row[0], row[1], row[2])
	}
	w.Flush()
	for i, v := range r.violations {
		if i == maxShown {
			fmt.Fprintf(out, "and %d more\n", len(r.violations)-i)
			break
		}
		fmt.Fprintln(out, "VIOLATION "+v)
	}
}
