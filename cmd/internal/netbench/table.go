//go:build linux

package main

import (
	"fmt"
	"slices"
)

func head() {
	fmt.Printf("%-14s %-26s %-26s %7s %7s %6s %6s  %-22s %-22s %s\n", "", "download Mbit/s", "upload Mbit/s", "seconds", "MB", "CPU s", "memory", "idle, jitter ms, loss", "loaded down, up ms", "connections")
}

// show prints the median of the runs.
func show(peer string, l line, got []result) {
	if len(got) == 0 {
		return
	}
	speed := func(name string, truth float64) string {
		v := values(got, name)
		if len(v) == 0 {
			return "-"
		}
		m := v[len(v)/2]
		return fmt.Sprintf("%.2f (%.2f-%.2f) %+.1f%%", m, v[0], v[len(v)-1], (m/truth-1)*100)
	}
	one := func(name string, times float64) string {
		v := values(got, name)
		if len(v) == 0 {
			return "-"
		}
		return fmt.Sprintf("%.1f", v[len(v)/2]*times)
	}
	cost := func(f func(result) float64) float64 {
		var v []float64
		for _, r := range got {
			v = append(v, f(r))
		}
		slices.Sort(v)
		return v[len(v)/2]
	}
	fmt.Printf("%-14s %-26s %-26s %7.1f %7.1f %6.2f %6.0f  %-22s %-22s %s\n", peer, speed("down", l.Down.Goodput()), speed("up", l.Up.Goodput()),
		cost(func(r result) float64 { return r.seconds }), cost(func(r result) float64 { return r.mb }), cost(func(r result) float64 { return r.cpu }), cost(func(r result) float64 { return r.memory }),
		one("idle", 1)+", "+one("jitter", 1)+", "+one("loss", 100)+" %",
		one("loaded down", 1)+", "+one("loaded up", 1), one("connections down", 1)+", "+one("connections up", 1))
	if before := one("before", 1); before != "-" {
		fmt.Printf("%-14s unsteady in %d of %d runs: before %s Mbit/s, after %s Mbit/s, pause %s ms\n", "", len(values(got, "before")), len(got), before, one("after", 1), one("pause", 1))
	}
}

// values are a figure of all runs that gave it, sorted.
func values(got []result, name string) (v []float64) {
	for _, r := range got {
		if x, ok := r.figures[name]; ok {
			v = append(v, x)
		}
	}
	slices.Sort(v)
	return v
}
