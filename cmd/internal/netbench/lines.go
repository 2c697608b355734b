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
	changes []change
}

// change is what a line becomes, so long after the program was started.
type change struct {
	at time.Duration
	to testnet.Line
}

// lines are those that the goals are set for, and a few beside them.
func lines() []line {
	const ms = time.Millisecond
	list := []line{
		{"A", "100/20 Mbit/s, 20 ms", testnet.Symmetric(100, 20, 20*ms, 0, 100*ms), nil},
		{"B", "25/5 Mbit/s, 40 ms", testnet.Symmetric(25, 5, 40*ms, 0, 100*ms), nil},
		{"C", "10/3 Mbit/s, 80 ms, 0.5 % loss", testnet.Symmetric(10, 3, 80*ms, 0.005, 100*ms), nil},
		{"D", "50/10 Mbit/s, 30 ms, 1 % loss, jitter 10 ms there and back", testnet.Symmetric(50, 10, 30*ms, 0.01, 100*ms), nil},
		{"E", "300/100 Mbit/s, 10 ms", testnet.Symmetric(300, 100, 10*ms, 0, 100*ms), nil},
		{"F", "10/1 Mbit/s, 120 ms, 2 % loss", testnet.Symmetric(10, 1, 120*ms, 0.02, 100*ms), nil},
		{"G", "20/20 Mbit/s, 20 ms, queue of 500 ms", testnet.Symmetric(20, 20, 20*ms, 0, 500*ms), nil},
		{"H", "4/0.7 Mbit/s, 60 ms, queue of 300 ms", testnet.Symmetric(4, 0.7, 60*ms, 0, 300*ms), nil},
		{"I", "60/30 Mbit/s, 200 ms, 0.2 % loss", testnet.Symmetric(60, 30, 200*ms, 0.002, 150*ms), nil},
		{"J", "30/8 Mbit/s, 35 ms, 2 % loss in bursts of 3, short queue", testnet.Symmetric(30, 8, 35*ms, 0.02, 30*ms), nil},
		{"K", "40/10 Mbit/s, 30 ms; from 3 s on 10/10", testnet.Symmetric(40, 10, 30*ms, 0, 100*ms),
			[]change{{3000 * ms, testnet.Symmetric(10, 10, 30*ms, 0, 100*ms)}}},
		{"L", "40/10 Mbit/s, 30 ms; away from 3 to 5 s", testnet.Symmetric(40, 10, 30*ms, 0, 100*ms),
			[]change{{3000 * ms, testnet.Symmetric(40, 10, 30*ms, 1, 100*ms)}, {5000 * ms, testnet.Symmetric(40, 10, 30*ms, 0, 100*ms)}}},
	}
	list[3].Down.Jitter, list[3].Up.Jitter = 7*ms, 7*ms // the spread of both together is 10 ms
	list[9].Down.Burst, list[9].Up.Burst = 3, 3
	return list
}
