package main

import (
	"bytes"
	"encoding/json"
	"fmt"
	"os"
	"os/exec"
	"regexp"
	"strconv"
	"strings"
)

// shell runs a command line and returns what it prints.
func (b bench) shell(line string) ([]byte, error) {
	cmd := exec.CommandContext(b.ctx, "sh", "-c", line)
	var said bytes.Buffer
	cmd.Stderr = &said
	out, err := cmd.Output()
	if err != nil {
		return out, fmt.Errorf("%s: %w\n%s", line, err, said.String())
	}
	return out, nil
}

// score runs our check and returns its scores and the share of missed beats.
func (b bench) score(wrap string) (map[string]float64, error) {
	home, err := os.MkdirTemp("", "machinebench-")
	if err != nil {
		return nil, err
	}
	defer os.RemoveAll(home)
	out, err := b.shell(wrap + "LINECHECK_HOME=" + home + " " + b.program + " run --yes --json --check machine.cpu || [ $? -ge 3 ]")
	if err != nil {
		return nil, err
	}
	lines := bytes.Split(bytes.TrimSpace(out), []byte("\n"))
	var report struct {
		Evidence []struct {
			Metrics []struct {
				Key   string  `json:"key"`
				Value float64 `json:"value"`
			} `json:"metrics"`
		} `json:"evidence"`
	}
	if err := json.Unmarshal(lines[len(lines)-1], &report); err != nil {
		return nil, err
	}
	got := map[string]float64{}
	for _, e := range report.Evidence {
		for _, m := range e.Metrics {
			got[strings.TrimPrefix(strings.TrimPrefix(m.Key, "machine.cpu."), "score.")] = m.Value
		}
	}
	if got["single"] == 0 || got["all"] == 0 {
		return nil, fmt.Errorf("the check gave no score: %s", out)
	}
	return got, nil
}

// sysbench is its events a second.
func (b bench) sysbench(wrap string, threads, seconds int) (float64, error) {
	return b.find(fmt.Sprintf("%ssysbench cpu --threads=%d --time=%d run", wrap, threads, seconds), `events per second:\s+([0-9.]+)`)
}

// sevenZip is the total rating of a short run of 7-Zip's benchmark.
func (b bench) sevenZip(wrap string, threads int) (float64, error) {
	return b.find(fmt.Sprintf("%s7z b 1 -mmt%d -md18", wrap, threads), `Tot:\s+\d+\s+\d+\s+(\d+)`)
}

func (b bench) find(line, pattern string) (float64, error) {
	out, err := b.shell(line)
	if err != nil {
		return 0, err
	}
	m := regexp.MustCompile(pattern).FindSubmatch(out)
	if m == nil {
		return 0, fmt.Errorf("%s printed no result:\n%s", line, out)
	}
	return strconv.ParseFloat(string(m[1]), 64)
}
