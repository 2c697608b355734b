//go:build linux

// Command faultbench injects faults into a world of network namespaces, emulated
// lines, virtual sound cards and control groups, lets linecheck-support diagnose
// each, and prints whether the first cause it names is the right one, whose it is said
// to be, and how long it took. It needs root and Linux; no packet leaves the machine.
package main

import (
	"context"
	"errors"
	"flag"
	"fmt"
	"os"
	"os/signal"
	"path/filepath"
	"strings"

	"linecheck/checks/testnet"
)

func main() {
	if len(os.Args) > 1 && os.Args[1] == "fake" {
		fail(fake(os.Args[2:]))
		return
	}
	bin := flag.String("bin", "bin", "folder of the programs")
	only := flag.String("only", "", "only faults whose names contain this; healthy for the runs without one")
	healthy := flag.Int("healthy", 50, "how many runs without a fault")
	list := flag.Bool("list", false, "list the faults")
	flag.Parse()
	if *list {
		for _, f := range faults() {
			fmt.Printf("%-10s %s\n", f.symptom, f.name)
		}
		return
	}
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt)
	defer stop()
	fail(run(ctx, *bin, *only, *healthy))
}

func fail(err error) {
	switch {
	case errors.Is(err, testnet.ErrUnavailable):
		fmt.Fprintln(os.Stderr, "left out:", err)
		os.Exit(1)
	case err != nil:
		fmt.Fprintln(os.Stderr, err)
		os.Exit(1)
	}
}

func run(ctx context.Context, bin, only string, healthy int) error {
	bin, err := filepath.Abs(bin)
	if err != nil {
		return err
	}
	w, err := newWorld(ctx, bin)
	if err != nil {
		return err
	}
	defer w.close()
	t := &table{}
	for _, f := range faults() {
		if !strings.Contains(f.name, only) || ctx.Err() != nil {
			continue
		}
		t.add(w.try(ctx, f))
	}
	if only == "" || only == "healthy" {
		for n := range healthy {
			if ctx.Err() != nil {
				break
			}
			t.healthy(w.try(ctx, well(n)))
		}
	}
	t.sum()
	return ctx.Err()
}
