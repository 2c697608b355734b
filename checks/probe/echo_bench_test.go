package probe

import (
	"crypto/rand"
	"encoding/binary"
	"fmt"
	"net"
	"net/http"
	"net/http/httptest"
	"net/netip"
	"runtime"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/pion/rtp"
	"github.com/pion/webrtc/v3"

	"linecheck/checks/internal/media"
	"linecheck/checks/internal/stats"
	"linecheck/report/envelope"
	"linecheck/report/exchange"
	"linecheck/report/strict"
)

// talker is one caller of the benchmark, who sends speech and notes how long the echo takes.
type talker struct {
	pc    *webrtc.PeerConnection
	track *webrtc.TrackLocalStaticRTP

	sent []time.Duration // when each packet was handed to the library

	mu    sync.Mutex
	back  webrtc.SSRC // of what comes back
	trips []float64   // ms there and back, by the talker's own clock
}

// leaving notes when each packet of media leaves the probe's socket, in order, by its SSRC.
type leaving struct {
	mu sync.Mutex
	at map[webrtc.SSRC][]time.Duration
}

// before puts the noting before a pipe's writing.
func (l *leaving) before(p *pipe, zero time.Time) {
	write := p.write
	p.write = func(packet []byte, to net.Addr) (int, error) {
		n, err := write(packet, to)
		if len(packet) > 12 && packet[0]>>6 == 2 && (packet[1] < 192 || packet[1] > 223) { // RTP, and no RTCP (RFC 5761, 4)
			ssrc := webrtc.SSRC(binary.BigEndian.Uint32(packet[8:]))
			l.mu.Lock()
			l.at[ssrc] = append(l.at[ssrc], time.Since(zero))
			l.mu.Unlock()
		}
		return n, err
	}
}

func newTalker(b *testing.B, p *Probe, n int, zero time.Time) *talker {
	b.Helper()
	engine, err := media.Engine()
	if err != nil {
		b.Fatal(err)
	}
	s := webrtc.SettingEngine{LoggerFactory: media.Quiet()}
	s.SetIncludeLoopbackCandidate(true)
	s.SetICEMulticastDNSMode(1)
	s.SetIPFilter(net.IP.IsLoopback)
	s.SetNetworkTypes([]webrtc.NetworkType{webrtc.NetworkTypeUDP4})
	t := &talker{}
	if t.pc, err = webrtc.NewAPI(webrtc.WithMediaEngine(engine), webrtc.WithSettingEngine(s)).NewPeerConnection(webrtc.Configuration{}); err != nil {
		b.Fatal(err)
	}
	b.Cleanup(func() { _ = t.pc.Close() })
	if t.track, err = webrtc.NewTrackLocalStaticRTP(media.Opus().RTPCodecCapability, "a", "a"); err != nil {
		b.Fatal(err)
	}
	if _, err := t.pc.AddTrack(t.track); err != nil {
		b.Fatal(err)
	}
	t.pc.OnTrack(func(track *webrtc.TrackRemote, _ *webrtc.RTPReceiver) {
		t.mu.Lock()
		t.back = track.SSRC()
		t.mu.Unlock()
		buf := make([]byte, media.MaxPacket)
		for {
			_, payload, err := media.ReadPacket(track, buf)
			if err != nil {
				return
			}
			if d, ok := media.ParseDown(payload); ok && d.Up.Stream == media.Speech {
				t.mu.Lock()
				t.trips = append(t.trips, float64(time.Since(zero)-d.Up.Sent)/1e6)
				t.mu.Unlock()
			}
		}
	})
	up := make(chan struct{})
	var once sync.Once
	t.pc.OnConnectionStateChange(func(s webrtc.PeerConnectionState) {
		if s == webrtc.PeerConnectionStateConnected {
			once.Do(func() { close(up) })
		}
	})
	offer, err := t.pc.CreateOffer(nil)
	if err != nil {
		b.Fatal(err)
	}
	if err := t.pc.SetLocalDescription(offer); err != nil {
		b.Fatal(err)
	}
	g, err := p.Open(Subject{InviteDigest: strings.Repeat("ab", 32), SessionKey: fmt.Sprint(n)}, "127.0.0.1")
	if err != nil {
		b.Fatal(err)
	}
	body, err := strict.Encode(exchange.Echo{SDP: offer.SDP})
	if err != nil {
		b.Fatal(err)
	}
	w := httptest.NewRecorder()
	p.Handler().ServeHTTP(w, httptest.NewRequestWithContext(b.Context(), http.MethodPost, exchange.SessionPath+"/"+g.Token+"/echo", strings.NewReader(string(body))))
	var answer exchange.Echo
	if err := strict.Decode(w.Body.Bytes(), maxOffer, &answer); err != nil {
		b.Fatal(err)
	}
	if err := t.pc.SetRemoteDescription(webrtc.SessionDescription{Type: webrtc.SDPTypeAnswer, SDP: answer.SDP}); err != nil {
		b.Fatal(err)
	}
	select {
	case <-up:
	case <-time.After(20 * time.Second):
		b.Fatal("no connection")
	}
	return t
}

// crowd is how many talk at once in the benchmarks, and speeches how many packets each sends.
const crowd, speeches = 200, 250

// BenchmarkEchoes has two hundred calls at once, of fifty packets a second each, on one
// probe. What it adds is the time from a caller's handing over a packet to its own library until its echo has left
// the probe's socket. The callers run beside the probe and take more than half of the computer, so that is an upper
// bound. The memory is that of both ends of a call after its last packet. The floor is an echo of plain UDP at the same pace, in FloorUDP.
func BenchmarkEchoes(b *testing.B) {
	const warm = 25
	key, err := envelope.NewKey(rand.Reader)
	if err != nil {
		b.Fatal(err)
	}
	p, err := New(Config{Owner: Owner{Key: key}, MediaAddr: "127.0.0.1:0"})
	if err != nil {
		b.Fatal(err)
	}
	defer p.Close()
	var before, after runtime.MemStats
	runtime.GC()
	runtime.ReadMemStats(&before)
	zero := time.Now()
	left := &leaving{at: map[webrtc.SSRC][]time.Duration{}}
	left.before(p.media.sock.echo, zero)
	var talkers []*talker
	for i := range crowd {
		talkers = append(talkers, newTalker(b, p, i, zero))
	}
	for b.Loop() {
		var all sync.WaitGroup
		for i, t := range talkers {
			all.Go(func() {
				time.Sleep(time.Duration(i) * media.Interval / crowd) // not all at the same moment
				tick := time.NewTicker(media.Interval)
				defer tick.Stop()
				for n := range warm + speeches {
					up := media.Up{Stream: media.Speech, Seq: uint32(n - warm), Sent: time.Since(zero)}
					t.sent = append(t.sent, up.Sent)
					if n < warm { // a call begins before it is measured
						up = media.Up{Stream: media.Warm}
					}
					header := rtp.Header{Version: 2, SequenceNumber: uint16(n), Timestamp: uint32(n) * 960}
					_ = t.track.WriteRTP(&rtp.Packet{Header: header, Payload: up.Payload(media.SpeechSize)})
					<-tick.C
				}
			})
		}
		all.Wait()
	}
	runtime.GC()
	runtime.ReadMemStats(&after)
	var trips, added []float64
	for _, t := range talkers {
		t.mu.Lock()
		trips = append(trips, t.trips...)
		left.mu.Lock()
		if at := left.at[t.back]; len(at) == len(t.sent) { // where one was lost the others cannot be told apart
			for i := range at {
				if i%(warm+speeches) >= warm {
					added = append(added, float64(at[i]-t.sent[i])/1e6)
				}
			}
		}
		left.mu.Unlock()
		t.mu.Unlock()
	}
	slices.Sort(trips)
	slices.Sort(added)
	b.ReportMetric(stats.Quantile(added, 0.99), "ms-added-p99")
	b.ReportMetric(float64(len(added)), "packets-added")
	b.ReportMetric(stats.Quantile(trips, 0.5), "ms-trip-p50")
	b.ReportMetric(stats.Quantile(trips, 0.99), "ms-trip-p99")
	b.ReportMetric(float64(len(trips))/float64(b.N*crowd*speeches), "echoed")
	b.ReportMetric(float64(after.HeapInuse+after.StackInuse-before.HeapInuse-before.StackInuse)/crowd/1024, "KiB/call")
}

// BenchmarkFloorUDP is the floor of [BenchmarkEchoes]: as many sockets at the same pace, echoed as they are.
func BenchmarkFloorUDP(b *testing.B) {
	var trips []float64
	for b.Loop() {
		trips = floorTrips(b)
	}
	b.ReportMetric(stats.Quantile(trips, 0.5), "ms-trip-p50")
	b.ReportMetric(stats.Quantile(trips, 0.99), "ms-trip-p99")
}

// floorTrips are round trips of plain UDP in ms, ascending.
func floorTrips(b *testing.B) (trips []float64) {
	b.Helper()
	far, err := listenUDP(&net.UDPAddr{IP: net.IPv4(127, 0, 0, 1)})
	if err != nil {
		b.Fatal(err)
	}
	defer far.Close()
	go far.readAll(func(packet []byte, from *net.UDPAddr, _ netip.Addr) { _, _ = far.WriteToUDP(packet, from) })
	zero := time.Now()
	var mu sync.Mutex
	var all sync.WaitGroup
	for i := range crowd {
		conn, err := net.DialUDP("udp4", nil, far.LocalAddr().(*net.UDPAddr))
		if err != nil {
			b.Fatal(err)
		}
		all.Go(func() {
			var own []float64
			buf := make([]byte, 200)
			for range speeches {
				n, err := conn.Read(buf)
				if err != nil {
					break
				}
				if up, ok := media.ParseUp(buf[:n]); ok {
					own = append(own, float64(time.Since(zero)-up.Sent)/1e6)
				}
			}
			_ = conn.Close()
			mu.Lock()
			defer mu.Unlock()
			trips = append(trips, own...)
		})
		all.Go(func() {
			time.Sleep(time.Duration(i) * media.Interval / crowd)
			tick := time.NewTicker(media.Interval)
			defer tick.Stop()
			for n := range speeches {
				_, _ = conn.Write(media.Up{Stream: media.Speech, Seq: uint32(n), Sent: time.Since(zero)}.Payload(media.SpeechSize))
				<-tick.C
			}
		})
	}
	all.Wait()
	slices.Sort(trips)
	return trips
}
