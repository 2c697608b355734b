//go:build linux

package main

import (
	"time"

	"linecheck/checks/testnet"
)

// line is one emulated line.
type line struct {
	name, text string
	testnet.Line
}

// lines are those that the goals are set for, and a few beside them.
func lines() []line {
	const ms = time.Millisecond
	list := []line{
		{"A", "100/20 Mbit/s, 20 ms", testnet.Symmetric(100, 20, 20*ms, 0, 100*ms)},
		{"B", "25/5 Mbit/s, 40 ms", testnet.Symmetric(25, 5, 40*ms, 0, 100*ms)},
		{"C", "10/3 Mbit/s, 80 ms, 0.5 % loss", testnet.Symmetric(10, 3, 80*ms, 0.005, 100*ms)},
		{"D", "50/10 Mbit/s, 30 ms, 1 % loss, jitter 10 ms there and back", testnet.Symmetric(50, 10, 30*ms, 0.01, 100*ms)},
		{"E", "300/100 Mbit/s, 10 ms", testnet.Symmetric(300, 100, 10*ms, 0, 100*ms)},
		{"F", "10/1 Mbit/s, 120 ms, 2 % loss", testnet.Symmetric(10, 1, 120*ms, 0.02, 100*ms)},
		{"G", "20/20 Mbit/s, 20 ms, queue of 500 ms", testnet.Symmetric(20, 20, 20*ms, 0, 500*ms)},
		{"H", "4/0.7 Mbit/s, 60 ms, queue of 300 ms", testnet.Symmetric(4, 0.7, 60*ms, 0, 300*ms)},
		{"I", "60/30 Mbit/s, 200 ms, 0.2 % loss", testnet.Symmetric(60, 30, 200*ms, 0.002, 150*ms)},
		{"J", "30/8 Mbit/s, 35 ms, 2 % loss in bursts of 3, short queue", testnet.Symmetric(30, 8, 35*ms, 0.02, 30*ms)},
	}
	list[3].Down.Jitter, list[3].Up.Jitter = 7*ms, 7*ms // the spread of both together is 10 ms
	list[9].Down.Burst, list[9].Up.Burst = 3, 3
	return list
}
