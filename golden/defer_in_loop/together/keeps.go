// Package together opens what has to be open at once.
package together

import (
	"fmt"
	"io"
	"net"
	"net/http/httptest"
	"os"
)

func ports(n int) ([]int, error) {
	var free []int
	for range n {
		l, err := net.Listen("tcp", "127.0.0.1:0")
		if err != nil {
			return nil, err
		}
		defer l.Close() // keeps: held-on-purpose
		port := l.Addr().(*net.TCPAddr).Port
		free = append(free, port)
	}
	return free, nil
}

func addresses(n int) ([]string, error) {
	all := make([]string, n)
	for i := range all {
		l, err := net.Listen("tcp", "127.0.0.1:0")
		if err != nil {
			return nil, err
		}
		defer func() { _ = l.Close() }() // keeps: held-on-purpose
		all[i] = fmt.Sprintf("http://%s", l.Addr())
	}
	return all, nil
}

func packets(n int) (free []string, err error) {
	for range n {
		c, err := net.ListenPacket("udp", "127.0.0.1:0")
		if err != nil {
			return nil, err
		}
		defer c.Close() // keeps: held-on-purpose
		free = append(free, portOf(c))
		fmt.Println(len(free))
	}
	return free, nil
}

func portOf(c net.PacketConn) string {
	_, port, _ := net.SplitHostPort(c.LocalAddr().String())
	return port
}

func servers(n int) (urls []string) {
	for range n {
		s := httptest.NewServer(nil)
		defer s.Close() // keeps: held-on-purpose
		url := s.URL + "/ready"
		urls = append(urls, url)
	}
	return urls
}

// What was read stays when the file is closed.
func contents(paths []string) (all [][]byte, err error) {
	for _, path := range paths {
		f, err := os.Open(path)
		if err != nil {
			return nil, err
		}
		defer f.Close() // advice: piles-up
		data, err := io.ReadAll(f)
		if err != nil {
			return nil, err
		}
		all = append(all, data)
	}
	return all, nil
}
