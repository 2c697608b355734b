package tcp

import (
	"net"
	"syscall"
	"time"

	"golang.org/x/sys/unix"
)

// smallest is the least that a full packet carries, in bytes; the system's guess
// of it is lower until some have come. Packets larger than largest, as on the way to the
// same computer, are mostly not full, so that counting them says nothing.
const smallest, largest = 500, 1500

// Of asks for the state of a connection. ok is false where the system does not tell.
func Of(c net.Conn) (s State, ok bool) {
	control(c, func(fd int) {
		info, err := unix.GetsockoptTCPInfo(fd, unix.IPPROTO_TCP, unix.TCP_INFO)
		if err != nil {
			return
		}
		if info.Rcv_mss > largest || info.Snd_mss > largest {
			return
		}
		full := int64(info.Rcv_mss)
		if full < smallest && info.Data_segs_in > 0 {
			full = int64(info.Bytes_received) / int64(info.Data_segs_in)
		}
		s.Arrived = int64(info.Data_segs_in) * full
		s.Delivered = int64(info.Delivered) * int64(info.Snd_mss)
		s.Received, s.Acked = int64(info.Bytes_received), int64(info.Bytes_acked)
		s.Gaps, s.Holes = info.Rcv_ooopack, info.Sacked+info.Lost+info.Retrans
		s.RTT, ok = time.Duration(info.Min_rtt)*time.Microsecond, true
	})
	return s, ok
}

// Congestion is the name of a connection's congestion control; where set is not
// empty and the system has it, it is changed to that first.
func Congestion(c net.Conn, set string) (name string) {
	control(c, func(fd int) {
		if set != "" {
			_ = unix.SetsockoptString(fd, unix.IPPROTO_TCP, unix.TCP_CONGESTION, set)
		}
		name, _ = unix.GetsockoptString(fd, unix.IPPROTO_TCP, unix.TCP_CONGESTION)
	})
	return name
}

func control(c net.Conn, f func(fd int)) {
	s, ok := c.(syscall.Conn)
	if !ok {
		return
	}
	if raw, err := s.SyscallConn(); err == nil {
		_ = raw.Control(func(fd uintptr) { f(int(fd)) })
	}
}
