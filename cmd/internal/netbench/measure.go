//go:build linux

package main

import (
	"bufio"
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"syscall"
	"time"

	"linecheck/checks/testnet"
)

// result is what one run said, and what it cost. A figure that was not given is absent.
type result struct {
	figures map[string]float64 // down, up (Mbit/s), idle, jitter, loaded down, loaded up (ms), loss (ratio), connections
	seconds float64
	mb      float64 // both directions, as counted on the line
	cpu     float64 // seconds of the program at the near end
	memory  float64 // its largest resident set in MB
	facts   map[string]string
}

// measure runs one peer once over a fresh line.
func measure(ctx context.Context, bin, peer string, l line, seed uint64) (r result, err error) {
	lab, err := testnet.Start(l.Line, seed)
	if err != nil {
		return r, err
	}
	defer func() { err = errors.Join(err, lab.Close()) }()
	dir, err := os.MkdirTemp("", "linecheck-netbench-")
	if err != nil {
		return r, err
	}
	defer os.RemoveAll(dir)
	run := map[string]func(context.Context, job) (result, error){
		"linecheck": linecheck(), "linecheck-quick": linecheck("--quick"), "speedtest-go": speedtestGo, "iperf3": iperf,
	}[peer]
	if run == nil {
		return r, fmt.Errorf("there is no peer %q", peer)
	}
	return run(ctx, job{lab, l, bin, dir})
}

// job is where one run takes place.
type job struct {
	lab      *testnet.Lab
	line     line
	bin, dir string
}

// begun changes the line when its time has come, where it is one that changes; stop takes that back.
func (j job) begun() (stop func()) {
	var timers []*time.Timer
	for _, c := range j.line.changes {
		timers = append(timers, time.AfterFunc(c.at, func() { j.lab.Set(c.to) }))
	}
	return func() {
		for _, t := range timers {
			t.Stop()
		}
	}
}

// bytesMoved is what both directions of the line have let through, in MB of full packets' worth.
func bytesMoved(lab *testnet.Lab) float64 {
	down, up := lab.Counts()
	return float64(down.Bytes+up.Bytes) / 1e6
}

// timed runs a command at the near end and books its cost.
func timed(j job, cmd *exec.Cmd, r *result) ([]byte, error) {
	var stderr bytes.Buffer
	cmd.Stderr = &stderr
	before, begin := bytesMoved(j.lab), time.Now()
	stop := j.begun()
	out, err := cmd.Output()
	stop()
	r.seconds, r.mb = time.Since(begin).Seconds(), bytesMoved(j.lab)-before
	if cmd.ProcessState != nil {
		r.cpu = (cmd.ProcessState.UserTime() + cmd.ProcessState.SystemTime()).Seconds()
		if u, ok := cmd.ProcessState.SysUsage().(*syscall.Rusage); ok {
			r.memory = float64(u.Maxrss) / 1000
		}
	}
	if err != nil {
		err = fmt.Errorf("%w: %s", err, bytes.TrimSpace(stderr.Bytes()))
	}
	return out, err
}

// serve runs a recruiter's server at the far end and returns its invite's file.
func serve(ctx context.Context, j job) (invite string, stop func(), err error) {
	recruiter, err := filepath.Abs(filepath.Join(j.bin, "linecheck-recruiter"))
	if err != nil {
		return "", nil, err
	}
	keys := filepath.Join(j.dir, "keys")
	if out, err := exec.CommandContext(ctx, recruiter, "keygen", "--out", keys, "--name", "Bench").CombinedOutput(); err != nil {
		return "", nil, fmt.Errorf("%w: %s", err, out)
	}
	server := j.lab.Far(recruiter, "serve", "--keys", keys, "--data", filepath.Join(j.dir, "data"), "--listen", testnet.FarAddr+":8443")
	stdout, err := server.StdoutPipe()
	if err != nil {
		return "", nil, err
	}
	if err := server.Start(); err != nil {
		return "", nil, err
	}
	stop = func() { _ = server.Process.Kill(); _ = server.Wait() }
	if _, err := bufio.NewReader(stdout).ReadString('\n'); err != nil {
		stop()
		return "", nil, fmt.Errorf("the server did not start: %w", err)
	}
	invite = filepath.Join(j.dir, "invite")
	cmd := j.lab.Far(recruiter, "invite", "--keys", keys, "--applicant", "bench", "--role", "bench", "--region", "EU",
		"--probe", "https://"+testnet.FarAddr+":8443", "--runs", "9", "--out", invite)
	if out, err := cmd.CombinedOutput(); err != nil {
		stop()
		return "", nil, fmt.Errorf("%w: %s", err, out)
	}
	return invite, stop, nil
}

// linecheck runs the check as an applicant would.
func linecheck(more ...string) func(context.Context, job) (result, error) {
	return func(ctx context.Context, j job) (r result, err error) {
		invite, stop, err := serve(ctx, j)
		if err != nil {
			return r, err
		}
		defer stop()
		support, err := filepath.Abs(filepath.Join(j.bin, "linecheck-support"))
		if err != nil {
			return r, err
		}
		args := append([]string{"run", "--invite", invite, "--check", "internet.speed", "--json", "--yes"}, more...)
		cmd := j.lab.Near(support, args...)
		cmd.Env = append(os.Environ(), "LINECHECK_HOME="+filepath.Join(j.dir, "home"))
		out, err := timed(j, cmd, &r)
		var exit *exec.ExitError
		if err != nil && !errors.As(err, &exit) {
			return r, err
		}
		return r, read(out, &r)
	}
}

// read takes the figures from the events.
func read(out []byte, r *result) error {
	type metric struct {
		Key   string
		Value float64
	}
	var ev struct {
		Type     string
		Evidence json.RawMessage
	}
	if path := os.Getenv("NETBENCH_KEEP"); path != "" { // for looking at the series
		_ = os.WriteFile(path, out, 0o644)
	}
	for text := range strings.Lines(string(out)) {
		if json.Unmarshal([]byte(text), &ev) != nil || ev.Type != "finished" {
			continue
		}
		var e struct {
			Outcome, Reason string
			ElapsedMS       float64 `json:"elapsed_ms"`
			Metrics         []metric
			Facts           map[string]string
		}
		if err := json.Unmarshal(ev.Evidence, &e); err != nil {
			return err
		}
		if e.Outcome != "measured" {
			return fmt.Errorf("%s: %s", e.Outcome, e.Reason)
		}
		r.seconds, r.facts, r.figures = e.ElapsedMS/1000, e.Facts, map[string]float64{}
		names := map[string]string{
			"internet.download.mbps": "down", "internet.upload.mbps": "up", "internet.latency.idle.ms": "idle", "internet.jitter.ms": "jitter",
			"internet.latency.download.ms": "loaded down", "internet.latency.upload.ms": "loaded up", "internet.loss.ratio": "loss",
			"internet.download.connections": "connections down", "internet.upload.connections": "connections up",
			"internet.download.before.mbps": "before", "internet.download.after.mbps": "after", "internet.download.pause.ms": "pause", "internet.download.acked.mbps": "acked",
		}
		for _, m := range e.Metrics {
			if name := names[m.Key]; name != "" {
				r.figures[name] = m.Value
			}
		}
		return nil
	}
	return errors.New("the check did not finish")
}
