package probe

import (
	"crypto/rand"
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

// talker is one caller of the benchmark, who sends speech and notes what the echo adds.
type talker struct {
	pc    *webrtc.PeerConnection
	track *webrtc.TrackLocalStaticRTP

	mu    sync.Mutex
	added []float64 // ms within the probe
	trips []float64 // ms there and back, by the talker's own clock
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
		buf := make([]byte, media.MaxPacket)
		for {
			_, payload, err := media.ReadPacket(track, buf)
			if err != nil {
				return
			}
			if d, ok := media.ParseDown(payload); ok && d.Up.Stream == media.Speech {
				t.mu.Lock()
				t.added = append(t.added, float64(d.Sent-d.Received)/1e6)
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

// BenchmarkEchoes has two hundred calls at once, of fifty packets a second each, on one
// probe. The callers run beside it and take more than half of the computer: what the
// probe adds is taken from its own times, the round trip from the callers'. The memory
// is that of both ends of a call. The floor is an echo of plain UDP at the same pace, in FloorUDP.
func BenchmarkEchoes(b *testing.B) {
	const calls, packets, warm = 200, 250, 25
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
	var talkers []*talker
	for i := range calls {
		talkers = append(talkers, newTalker(b, p, i, zero))
	}
	runtime.GC()
	runtime.ReadMemStats(&after)
	for b.Loop() {
		var all sync.WaitGroup
		for i, t := range talkers {
			all.Go(func() {
				time.Sleep(time.Duration(i) * media.Interval / calls) // not all at the same moment
				tick := time.NewTicker(media.Interval)
				defer tick.Stop()
				for n := range warm + packets {
					up := media.Up{Stream: media.Speech, Seq: uint32(n - warm), Sent: time.Since(zero)}
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
	var added, trips []float64
	for _, t := range talkers {
		t.mu.Lock()
		added, trips = append(added, t.added...), append(trips, t.trips...)
		t.mu.Unlock()
	}
	slices.Sort(added)
	slices.Sort(trips)
	b.ReportMetric(stats.Quantile(added, 0.99), "ms-added-p99")
	b.ReportMetric(stats.Quantile(trips, 0.5), "ms-trip-p50")
	b.ReportMetric(stats.Quantile(trips, 0.99), "ms-trip-p99")
	b.ReportMetric(float64(len(trips))/float64(calls*packets), "echoed")
	b.ReportMetric(float64(after.HeapInuse+after.StackInuse-before.HeapInuse-before.StackInuse)/calls/1024, "KiB/call")
}

// BenchmarkFloorUDP is the floor of [BenchmarkEchoes]: as many sockets at the same pace, echoed as they are.
func BenchmarkFloorUDP(b *testing.B) {
	const calls, packets = 200, 250
	far, err := listenUDP(&net.UDPAddr{IP: net.IPv4(127, 0, 0, 1)})
	if err != nil {
		b.Fatal(err)
	}
	defer far.Close()
	go far.readAll(func(packet []byte, from *net.UDPAddr, _ netip.Addr) { _, _ = far.WriteToUDP(packet, from) })
	zero := time.Now()
	var mu sync.Mutex
	var trips []float64
	var all sync.WaitGroup
	for b.Loop() {
		for i := range calls {
			conn, err := net.DialUDP("udp4", nil, far.LocalAddr().(*net.UDPAddr))
			if err != nil {
				b.Fatal(err)
			}
			all.Go(func() {
				var own []float64
				buf := make([]byte, 200)
				for range packets {
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
				time.Sleep(time.Duration(i) * media.Interval / calls)
				tick := time.NewTicker(media.Interval)
				defer tick.Stop()
				for n := range packets {
					_, _ = conn.Write(media.Up{Stream: media.Speech, Seq: uint32(n), Sent: time.Since(zero)}.Payload(media.SpeechSize))
					<-tick.C
				}
			})
		}
		all.Wait()
	}
	slices.Sort(trips)
	b.ReportMetric(stats.Quantile(trips, 0.5), "ms-trip-p50")
	b.ReportMetric(stats.Quantile(trips, 0.99), "ms-trip-p99")
}
