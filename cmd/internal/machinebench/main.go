// Command machinebench says how repeatable the processor's score is, and whether
// it puts computers in the same order as others do: sysbench and 7-Zip, run in turn
// with it in the same minutes. It needs root, for control groups, and Linux.
package main

import (
	"context"
	"flag"
	"fmt"
	"math"
	"os"
	"os/exec"
	"os/signal"
	"path/filepath"
	"runtime"
	"strings"
)

func main() {
	bin := flag.String("bin", "bin", "folder of the programs")
	runs := flag.Int("runs", 20, "how many runs a coefficient of variation rests on")
	only := flag.String("only", "idle,busy,order", "which parts to run")
	flag.Parse()
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt)
	defer stop()
	b := bench{ctx: ctx, program: filepath.Join(*bin, "linecheck-support"), runs: *runs}
	parts := map[string]func() error{"idle": b.idle, "busy": b.busy, "order": b.order}
	for _, name := range strings.Split(*only, ",") {
		part, ok := parts[name]
		if !ok {
			fmt.Fprintf(os.Stderr, "there is no part %q\n", name)
			os.Exit(2)
		}
		if err := part(); err != nil {
			fmt.Fprintln(os.Stderr, err)
			os.Exit(1)
		}
	}
}

// bench runs the parts.
type bench struct {
	ctx     context.Context
	program string
	runs    int
}

// idle is the coefficient of variation on the computer as it is.
func (b bench) idle() error {
	fmt.Printf("repeated %d times, in turn:\n", b.runs)
	return b.repeat()
}

// busy is the same while another program takes one core.
func (b bench) busy() error {
	fmt.Printf("repeated %d times beside a program that takes one core:\n", b.runs)
	hog := exec.CommandContext(b.ctx, "sh", "-c", "while :; do :; done")
	if err := hog.Start(); err != nil {
		return err
	}
	defer func() { _ = hog.Process.Kill(); _ = hog.Wait() }()
	return b.repeat()
}

// repeat runs our check and sysbench for the same lengths in turn.
func (b bench) repeat() error {
	const single, all = 2, 4 // seconds that the check measures one core and all of them
	got := map[string][]float64{}
	for range b.runs {
		ours, err := b.score("")
		if err != nil {
			return err
		}
		one, err := b.sysbench("", 1, single)
		if err != nil {
			return err
		}
		many, err := b.sysbench("", runtime.NumCPU(), all)
		if err != nil {
			return err
		}
		ours["sysbench, 1 thread"], ours["sysbench, all threads"] = one, many
		for k, v := range ours {
			got[k] = append(got[k], v)
		}
	}
	for _, k := range []string{"single", "sysbench, 1 thread", "single.clock.hz", "single.per-ghz", "all", "sysbench, all threads", "all.clock.hz", "all.per-ghz", "missed.ratio"} {
		mean, cv := spread(got[k])
		fmt.Printf("  %-24s mean %10.4g  coefficient of variation %5.2f %%\n", k, mean, 100*cv)
	}
	for ours, theirs := range map[string]string{"single": "sysbench, 1 thread", "all": "sysbench, all threads"} {
		_, a := spread(got[ours])
		_, c := spread(got[theirs])
		fmt.Printf("  %s varies %.2f times as much as %s\n", ours, a/c, theirs)
	}
	return nil
}

// spread is the mean and the coefficient of variation.
func spread(values []float64) (mean, cv float64) {
	for _, v := range values {
		mean += v / float64(len(values))
	}
	for _, v := range values {
		cv += (v - mean) * (v - mean)
	}
	return mean, math.Sqrt(cv/float64(len(values)-1)) / mean
}
