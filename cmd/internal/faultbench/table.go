//go:build linux

package main

import (
	"fmt"
	"slices"
	"strings"
	"time"

	"linecheck/report"
)

// result is one diagnosis against the truth.
type result struct {
	fault fault
	// cause is what was named first; empty for nothing. blamed is who.
	cause  string
	blamed report.Fault
	// beside are further reds without a cause, that no second fault explains.
	beside []string
	took   time.Duration
	err    error
}

// right says whether the first cause is one of those that are true, and the second fault of a pair is told too.
func (r result) right() bool {
	return r.err == nil && r.cause != "" && (r.cause == r.fault.note || slices.Contains(r.fault.causes, r.cause))
}

func (r result) fair() bool { return r.err == nil && r.blamed == r.fault.blame }

// table prints results as they come, and sums them up.
type table struct {
	all, wrong, unfair, second, pairs, well, alarms int
	took                                            []time.Duration
}

func (t *table) add(r result) {
	if t.all == 0 {
		fmt.Printf("%-42s %-9s %-34s %-8s %6s  %s\n", "fault", "symptom", "first cause named", "blamed", "s", "")
	}
	t.all++
	if r.fault.pair {
		t.pairs++
	}
	t.took = append(t.took, r.took)
	var remarks []string
	if !r.right() {
		t.wrong++
		remarks = append(remarks, "WRONG, want "+strings.Join(append(slices.Clone(r.fault.causes), r.fault.note), " "))
	}
	if r.right() && !r.fair() {
		t.unfair++
		remarks = append(remarks, "BLAME, want "+string(r.fault.blame))
	}
	if len(r.beside) > 0 {
		t.second++
		remarks = append(remarks, "BESIDE "+strings.Join(r.beside, " "))
	}
	if r.err != nil {
		remarks = append(remarks, r.err.Error())
	}
	fmt.Printf("%-42s %-9s %-34s %-8s %6.1f  %s\n", r.fault.name, r.fault.symptom, r.cause, r.blamed, r.took.Seconds(), strings.Join(remarks, "; "))
}

func (t *table) healthy(r result) {
	t.well++
	if r.cause != "" || r.err != nil {
		t.alarms++
		fmt.Printf("false alarm: %s %s %v %v\n", r.fault.symptom, r.cause, r.beside, r.err)
	}
}

func (t *table) sum() {
	if t.all > 0 {
		slices.Sort(t.took)
		fmt.Printf("\n%d faults, %d of them pairs: first cause right %d (%.1f %%), right party blamed %d of these, a second red without a cause %d; time to diagnosis: median %.1f s, longest %.1f s\n",
			t.all, t.pairs, t.all-t.wrong, 100*float64(t.all-t.wrong)/float64(t.all), t.all-t.wrong-t.unfair, t.second,
			t.took[len(t.took)/2].Seconds(), t.took[len(t.took)-1].Seconds())
	}
	if t.well > 0 {
		fmt.Printf("%d healthy runs: %d false alarms\n", t.well, t.alarms)
	}
}
