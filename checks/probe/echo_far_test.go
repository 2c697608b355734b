package probe

import (
	"bufio"
	"encoding/binary"
	"encoding/json"
	"fmt"
	"io"
	"net"
	"net/http/httptest"
	"os"
	"os/exec"
	"runtime"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/pion/webrtc/v3"
)

// farVariable says to a process of this package's tests that it is the far end of [BenchmarkEchoes].
const farVariable = "LINECHECK_ECHOES_FAR"

// farReady is what the far end says when it can be called, farDone what it says of itself at the end.
type (
	farReady struct {
		URL    string
		Tokens []string // of a session for each caller
	}
	farDone struct {
		Left  map[webrtc.SSRC][]int64 // when each packet of media left, in order, by its SSRC; Unix time in ns
		Bytes uint64                  // of heap and stacks, for all calls together, after the traffic
	}
)

// leaving notes when each packet of media leaves the probe's socket.
type leaving struct {
	mu sync.Mutex
	at map[webrtc.SSRC][]int64
}

// before puts the noting before a pipe's writing.
func (l *leaving) before(p *pipe) {
	write := p.write
	p.write = func(packet []byte, to net.Addr) (int, error) {
		n, err := write(packet, to)
		if len(packet) > 12 && packet[0]>>6 == 2 && (packet[1] < 192 || packet[1] > 223) { // RTP, and no RTCP (RFC 5761, 4)
			ssrc := webrtc.SSRC(binary.BigEndian.Uint32(packet[8:]))
			l.mu.Lock()
			l.at[ssrc] = append(l.at[ssrc], time.Now().UnixNano())
			l.mu.Unlock()
		}
		return n, err
	}
}

// TestFarEndOfEchoes is a probe in a process of its own, until its input ends.
func TestFarEndOfEchoes(t *testing.T) {
	if os.Getenv(farVariable) == "" {
		t.Skip("a part of BenchmarkEchoes, which runs it beside itself")
	}
	key := newKey(t)
	p, err := New(Config{Owner: Owner{Key: key}, MediaAddr: "127.0.0.1:0"})
	if err != nil {
		t.Fatal(err)
	}
	defer p.Close()
	left := leaving{at: map[webrtc.SSRC][]int64{}}
	left.before(p.media.sock.echo)
	server := httptest.NewServer(p.Handler())
	defer server.Close()
	ready := farReady{URL: server.URL}
	for i := range crowd {
		g, err := p.Open(Subject{InviteDigest: strings.Repeat("ab", 32), SessionKey: fmt.Sprint(i)}, "127.0.0.1")
		if err != nil {
			t.Fatal(err)
		}
		ready.Tokens = append(ready.Tokens, g.Token)
	}
	var before, after runtime.MemStats
	runtime.GC()
	runtime.ReadMemStats(&before)
	say := func(v any) {
		if err := json.NewEncoder(os.Stdout).Encode(v); err != nil {
			t.Fatal(err)
		}
	}
	say(ready)
	_, _ = io.Copy(io.Discard, os.Stdin)
	left.mu.Lock()
	defer left.mu.Unlock()
	runtime.GC()
	runtime.ReadMemStats(&after)
	say(farDone{Left: left.at, Bytes: after.HeapInuse + after.StackInuse - before.HeapInuse - before.StackInuse})
}

// far is the far end as the callers see it.
type far struct {
	farReady
	in  io.Closer
	out *json.Decoder
}

func startFar(b *testing.B) *far {
	b.Helper()
	cmd := exec.Command(os.Args[0], "-test.run", "^TestFarEndOfEchoes$")
	cmd.Env = append(os.Environ(), farVariable+"=1")
	in, err := cmd.StdinPipe()
	if err != nil {
		b.Fatal(err)
	}
	out, err := cmd.StdoutPipe()
	if err != nil {
		b.Fatal(err)
	}
	if err := cmd.Start(); err != nil {
		b.Fatal(err)
	}
	b.Cleanup(func() { _ = in.Close(); _ = cmd.Wait() })
	f := &far{in: in, out: json.NewDecoder(bufio.NewReader(out))}
	if err := f.out.Decode(&f.farReady); err != nil {
		b.Fatal(err)
	}
	return f
}

// end lets it say what it saw.
func (f *far) end(b *testing.B) (done farDone) {
	b.Helper()
	_ = f.in.Close()
	if err := f.out.Decode(&done); err != nil {
		b.Fatal(err)
	}
	return done
}
