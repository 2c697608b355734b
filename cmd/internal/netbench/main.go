//go:build linux

// Command netbench runs the speed check and its peers over the same emulated
// lines and prints error against truth, seconds, megabytes and latency under
// load. It is a tool of the project, not a product: it needs root.
package main

import (
	"context"
	"errors"
	"flag"
	"fmt"
	"os"
	"os/signal"
	"strings"
	"syscall"

	"linecheck/checks/testnet"
)

func main() {
	bin := flag.String("bin", "bin", "folder with the programs")
	names := flag.String("lines", "ABCDEFG", "which lines, by their letters")
	peers := flag.String("peers", "linecheck,speedtest-go,iperf3", "what to run")
	runs := flag.Int("runs", 5, "how often each")
	near := flag.String("speedtest-go", "", "run speedtest-go's own sequence against this address and print its figures (for the bench itself)")
	flag.Parse()
	if *near != "" {
		os.Exit(ownClient(*near))
	}
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt, syscall.SIGTERM)
	defer stop()
	if err := bench(ctx, *bin, *names, strings.Split(*peers, ","), *runs); err != nil {
		fmt.Fprintln(os.Stderr, "netbench:", err)
		os.Exit(1)
	}
}

// bench runs every peer over every line.
func bench(ctx context.Context, bin, names string, peers []string, runs int) error {
	fmt.Println("Truth: rate x 1448/1500 x (1 - loss); latency under load: round trip + full queue. Median of the runs (least to most).")
	for _, l := range lines() {
		if !strings.Contains(names, l.name) {
			continue
		}
		fmt.Printf("\n%s: %s\n", l.name, l.text)
		head()
		for _, peer := range peers {
			var got []result
			for i := range runs {
				if ctx.Err() != nil {
					return ctx.Err()
				}
				r, err := measure(ctx, bin, peer, l, uint64(i+1))
				if errors.Is(err, testnet.ErrUnavailable) {
					return err
				}
				if err != nil {
					fmt.Printf("%-14s run %d failed: %v\n", peer, i+1, err)
					continue
				}
				got = append(got, r)
			}
			show(peer, l, got)
		}
	}
	return nil
}
