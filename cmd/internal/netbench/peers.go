//go:build linux

package main

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"os"
	"os/exec"
	"time"

	"github.com/showwin/speedtest-go/speedtest"

	"linecheck/checks/testnet"
)

// speedtestGo runs the library's own client as its command does, against the
// same files over plain HTTP, from the same server.
func speedtestGo(ctx context.Context, j job) (r result, err error) {
	self, err := os.Executable()
	if err != nil {
		return r, err
	}
	server := j.lab.Far(self, "-speedtest-go", "serve")
	if err := server.Start(); err != nil {
		return r, err
	}
	defer func() { _ = server.Process.Kill(); _ = server.Wait() }()
	time.Sleep(300 * time.Millisecond)
	out, err := timed(j, j.lab.Near(self, "-speedtest-go", "http://"+testnet.FarAddr+":8080/speedtest/upload.php"), &r)
	if err != nil {
		return r, err
	}
	return r, json.Unmarshal(out, &r.figures)
}

// ownClient is one end of that: the files, or the library's sequence of ping, download and upload.
func ownClient(address string) int {
	if address == "serve" {
		fmt.Fprintln(os.Stderr, files())
		return 1
	}
	st := speedtest.New()
	server, err := st.CustomServer(address)
	if err != nil {
		fmt.Fprintln(os.Stderr, err)
		return 1
	}
	if err := errors.Join(server.PingTest(nil), server.DownloadTest(), server.UploadTest()); err != nil {
		fmt.Fprintln(os.Stderr, err)
		return 1
	}
	ms := func(d time.Duration) float64 { return float64(d) / float64(time.Millisecond) }
	_ = json.NewEncoder(os.Stdout).Encode(map[string]float64{
		"down": float64(server.DLSpeed) * 8 / 1e6, "up": float64(server.ULSpeed) * 8 / 1e6, "idle": ms(server.Latency), "jitter": ms(server.Jitter),
	})
	return 0
}

// iperf runs the reference: four connections for ten seconds each way.
func iperf(ctx context.Context, j job) (r result, err error) {
	if _, err := exec.LookPath("iperf3"); err != nil {
		return r, fmt.Errorf("not installed: %w", err)
	}
	server := j.lab.Far("iperf3", "-s")
	if err := server.Start(); err != nil {
		return r, err
	}
	defer func() { _ = server.Process.Kill(); _ = server.Wait() }()
	time.Sleep(300 * time.Millisecond)
	r.figures = map[string]float64{}
	var cost result
	for way, args := range map[string][]string{"down": {"-R"}, "up": nil} {
		out, err := timed(j, j.lab.Near("iperf3", append([]string{"-c", testnet.FarAddr, "-P4", "-t10", "-O1", "-J"}, args...)...), &cost)
		if err != nil {
			return r, err
		}
		var said struct {
			End struct {
				SumReceived struct {
					BitsPerSecond float64 `json:"bits_per_second"`
				} `json:"sum_received"`
			}
		}
		if err := json.Unmarshal(out, &said); err != nil {
			return r, err
		}
		r.figures[way] = said.End.SumReceived.BitsPerSecond / 1e6
		r.seconds, r.mb, r.cpu, r.memory = r.seconds+cost.seconds, r.mb+cost.mb, r.cpu+cost.cpu, max(r.memory, cost.memory)
	}
	return r, nil
}
