//go:build linux

package main

import (
	"net"
	"os"
	"time"

	"linecheck/checks/testnet"
)

// detour is how long each packet of the tunnel waits, in each direction.
const detour = 180 * time.Millisecond

// fakeVPN is one end of a tunnel that takes a long way round: packets of a TUN interface
// of that name go over UDP to the other end. The near end calls the far one, at an
// address; the far one waits for it.
func fakeVPN(name, at string) error {
	fd, err := testnet.TUN(name)
	if err != nil {
		return err
	}
	device := os.NewFile(uintptr(fd), name)
	var conn *net.UDPConn
	near := name == "tun0"
	if near {
		to, bad := net.ResolveUDPAddr("udp4", at)
		if bad != nil {
			return bad
		}
		conn, err = net.DialUDP("udp4", nil, to)
	} else {
		from, bad := net.ResolveUDPAddr("udp4", at)
		if bad != nil {
			return bad
		}
		conn, err = net.ListenUDP("udp4", from)
	}
	if err != nil {
		return err
	}
	ready()
	peer := make(chan *net.UDPAddr, 1)
	go func() {
		var to *net.UDPAddr
		b := make([]byte, 2048)
		for {
			n, err := device.Read(b)
			if err != nil {
				return
			}
			packet := append([]byte(nil), b[:n]...)
			if to == nil && !near {
				to = <-peer
			}
			time.AfterFunc(detour, func() {
				if near {
					_, _ = conn.Write(packet)
				} else {
					_, _ = conn.WriteToUDP(packet, to)
				}
			})
		}
	}()
	b := make([]byte, 2048)
	for {
		n, from, err := conn.ReadFromUDP(b)
		if err != nil {
			continue
		}
		select {
		case peer <- from:
		default:
		}
		if _, err := device.Write(b[:n]); err != nil {
			return err
		}
	}
}

// vpn takes the applicant's traffic through a tunnel with a long way round.
func vpn(w *world) (func(), error) {
	far, err := w.fake(w.line.Near, "vpn", "tun1", portalAddr+":1194")
	if err != nil {
		return nil, err
	}
	near, err := w.fake(w.near, "vpn", "tun0", portalAddr+":1194")
	undo := func() { end(near); end(far); _ = w.script(replug) }
	if err == nil {
		err = sh(w.line.Near("sh", "-ec", "ip addr add 10.8.0.1/24 dev tun1; ip link set tun1 up mtu 1400"))
	}
	if err == nil {
		err = w.script("ip addr add 10.8.0.2/24 dev tun0; ip link set tun0 up mtu 1400; ip route replace default via 10.8.0.1")
	}
	if err != nil {
		undo()
		return nil, err
	}
	return undo, nil
}
