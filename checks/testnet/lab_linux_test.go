package testnet

import (
	"encoding/json"
	"errors"
	"io"
	"math"
	"net"
	"os"
	"os/exec"
	"slices"
	"testing"
	"time"
)

// endEnv makes the test binary one end of a line.
const endEnv = "LINECHECK_TEST_END"

func TestMain(m *testing.M) {
	switch os.Getenv(endEnv) {
	case "far":
		far()
	case "near":
		near()
	default:
		os.Exit(m.Run())
	}
}

// far floods whoever connects over TCP, and echoes UDP.
func far() {
	ln, err := net.Listen("tcp", FarAddr+":7")
	if err != nil {
		panic(err)
	}
	udp, err := net.ListenPacket("udp", FarAddr+":7")
	if err != nil {
		panic(err)
	}
	go func() {
		buf := make([]byte, 2000)
		for {
			n, from, err := udp.ReadFrom(buf)
			if err != nil {
				return
			}
			_, _ = udp.WriteTo(buf[:n], from)
		}
	}()
	_, _ = os.Stdout.WriteString("ready\n")
	for {
		c, err := ln.Accept()
		if err != nil {
			return
		}
		go func() {
			block := make([]byte, 64<<10)
			for {
				if _, err := c.Write(block); err != nil {
					return
				}
			}
		}()
	}
}

// seen is what the near end saw.
type seen struct {
	Trips     []float64 // ms
	Sent      int
	Mbps      float64
	Connected bool
}

// near pings for a while and then downloads on four connections.
func near() {
	var s seen
	c, err := net.Dial("udp", FarAddr+":7")
	if err != nil {
		panic(err)
	}
	got := make(chan float64, 10_000)
	begin := time.Now()
	go func() {
		buf := make([]byte, 100)
		for {
			n, err := c.Read(buf)
			if err != nil {
				return
			}
			var at int64
			if json.Unmarshal(buf[:n], &at) == nil {
				got <- float64(time.Since(begin)-time.Duration(at)) / 1e6
			}
		}
	}()
	for range 400 {
		text, _ := json.Marshal(int64(time.Since(begin)))
		_, _ = c.Write(text)
		s.Sent++
		time.Sleep(4 * time.Millisecond)
	}
	time.Sleep(400 * time.Millisecond)
	for len(got) > 0 {
		s.Trips = append(s.Trips, <-got)
	}
	const flows = 4
	counts := make(chan int64, flows)
	from, to := time.Now().Add(3*time.Second), time.Now().Add(9*time.Second) // after the overshoot of the beginning
	for range flows {
		go func() {
			var n int64
			conn, err := net.Dial("tcp", FarAddr+":7")
			if err == nil {
				buf := make([]byte, 64<<10)
				for time.Now().Before(to) {
					k, err := conn.Read(buf)
					if err != nil {
						break
					}
					if time.Now().After(from) {
						n += int64(k)
					}
				}
			}
			counts <- n
		}()
	}
	for range flows {
		s.Mbps += float64(<-counts) * 8 / 1e6 / to.Sub(from).Seconds()
	}
	s.Connected = true
	_ = json.NewEncoder(os.Stdout).Encode(s)
}

func end(cmd *exec.Cmd, which string) *exec.Cmd {
	cmd.Env = append(os.Environ(), endEnv+"="+which)
	cmd.Stderr = os.Stderr
	return cmd
}

func measured(t *testing.T, l Line) seen {
	t.Helper()
	if testing.Short() {
		t.Skip("makes network namespaces: not in short mode")
	}
	lab, err := Start(l, 5)
	if errors.Is(err, ErrUnavailable) {
		t.Skip(err)
	}
	if err != nil {
		t.Fatal(err)
	}
	defer func() {
		if err := lab.Close(); err != nil {
			t.Error(err)
		}
	}()
	self, err := os.Executable()
	if err != nil {
		t.Fatal(err)
	}
	server := end(lab.Far(self), "far")
	out, err := server.StdoutPipe()
	if err != nil {
		t.Fatal(err)
	}
	if err := server.Start(); err != nil {
		t.Fatal(err)
	}
	defer func() { _ = server.Process.Kill(); _ = server.Wait() }()
	if _, err := io.ReadFull(out, make([]byte, 6)); err != nil {
		t.Fatal(err)
	}
	text, err := end(lab.Near(self), "near").Output()
	if err != nil {
		t.Fatal(err)
	}
	var s seen
	if err := json.Unmarshal(text, &s); err != nil || !s.Connected {
		t.Fatalf("%v: %s", err, text)
	}
	slices.Sort(s.Trips)
	return s
}

// Real programs at both ends see the line as it was ordered.
func TestALineIsAsOrdered(t *testing.T) {
	for name, l := range map[string]Line{
		"A": Symmetric(100, 20, 20*time.Millisecond, 0, 100*time.Millisecond),
		"B": Symmetric(10, 3, 80*time.Millisecond, 0, 200*time.Millisecond),
	} {
		s := measured(t, l)
		if want := l.Down.Goodput(); math.Abs(s.Mbps/want-1) > 0.02 {
			t.Errorf("%s: %v Mbit/s instead of %v", name, s.Mbps, want)
		}
		rtt := float64(l.Down.Delay+l.Up.Delay) / 1e6
		if got := s.Trips[len(s.Trips)/2]; got < rtt || got > rtt*1.02+1 {
			t.Errorf("%s: round trip %v ms instead of %v", name, got, rtt)
		}
		if len(s.Trips) != s.Sent {
			t.Errorf("%s: %d of %d came back", name, len(s.Trips), s.Sent)
		}
	}
}

func TestALossyLine(t *testing.T) {
	l := Symmetric(0, 0, 10*time.Millisecond, 0.05, 0)
	l.Down.Rate, l.Up.Rate = 50e6, 50e6
	l.Down.Queue, l.Up.Queue = 100*time.Millisecond, 100*time.Millisecond
	s := measured(t, l)
	lost := 1 - float64(len(s.Trips))/float64(s.Sent)
	if lost < 0.05 || lost > 0.15 { // 9.75 % there and back
		t.Errorf("%v lost", lost)
	}
}
