// The parts that every byte or every command goes through, in memory.

#include <benchmark/benchmark.h>
#include <fmt/format.h>

#include <algorithm>
#include <chrono>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "at/line_assembler.hpp"
#include "at/parameters.hpp"
#include "at/redaction.hpp"
#include "bench/devices.hpp"
#include "dialects/slm_1/edition.hpp"
#include "serial/cmux/multiplexer.hpp"
#include "services/http_response_cutter.hpp"
#include "services/ppp/hdlc.hpp"

namespace attache::bench {

namespace {

void assemble(benchmark::State& state, const std::string& line) {
  at::LineAssembler assembler({});
  for (auto _ : state) {
    std::string_view bytes = line;
    auto outcome = assembler.feed(bytes);
    if (!outcome || outcome->overflow) {
      state.SkipWithError("no line");
      break;
    }
    benchmark::DoNotOptimize(outcome->line.data());
  }
  state.SetBytesProcessed(state.iterations() * static_cast<std::int64_t>(line.size()));
}

void assemble_short_line(benchmark::State& state) {
  assemble(state, "AT+CGDCONT=0,\"IP\",\"internet\"\r\n");
}
BENCHMARK(assemble_short_line);

void assemble_certificate_line(benchmark::State& state) {
  std::string pem;
  while (pem.size() < 3900) {
    pem += std::string(64, 'A') + "\n";
  }
  assemble(state, fmt::format("AT%CMNG=0,42,0,\"{}\"\r\n", pem));
}
BENCHMARK(assemble_certificate_line);

/// The user of a multiplexer of which nothing but the time matters.
class SilentUser final : public serial::cmux::MultiplexerUser {
 public:
  void opened(std::uint8_t) override {}
  void closed(std::uint8_t) override {}
  void received(std::uint8_t, std::string_view data) override { bytes += data.size(); }
  void host_lines_changed(std::uint8_t, const base::HostLines&) override {}
  void output_shrunk(std::uint8_t) override {}
  void ended(std::string_view) override {}

  std::size_t bytes = 0;
};

// Bytes of a host in frames of N1, and as many back.
void multiplex(benchmark::State& state) {
  using namespace serial::cmux;
  SilentUser user;
  FaultOrders orders;
  base::NullJournal journal;
  Multiplexer multiplexer({}, orders, journal, user);
  multiplexer.receive(encode({0, true, FrameType::sabm, true}) + encode({1, true, FrameType::sabm, true}),
                      {});
  std::string data(127, 'x');
  std::string frames;
  for (int i = 0; i < 32; ++i) {
    frames += encode({1, true, FrameType::uih, false, data});
  }
  for (auto _ : state) {
    multiplexer.receive(frames, {});
    for (int i = 0; i < 32; ++i) {
      multiplexer.send(1, data, {});
    }
    while (!multiplexer.take_output(1024, {}).empty()) {
    }
  }
  state.SetBytesProcessed(state.iterations() * 2 * 32 * static_cast<std::int64_t>(data.size()));
}
BENCHMARK(multiplex);

// A packet of the largest size, as it goes over a line on which nothing but flags is escaped.
void frame_packets(benchmark::State& state) {
  constexpr std::uint16_t ipv4 = 0x0021;
  std::string packet(1500, '\x45');
  std::size_t taken = 0;
  services::ppp::HdlcDecoder decoder(
      [&](const services::ppp::Frame& frame) { taken += frame.information.size(); });
  for (auto _ : state) {
    decoder.receive(services::ppp::encode_frame(ipv4, packet, {0, true, true}));
  }
  state.SetBytesProcessed(static_cast<std::int64_t>(taken));
}
BENCHMARK(frame_packets);

void parse_parameters(benchmark::State& state) {
  constexpr std::string_view line = "AT#XHTTPCREQ=\"POST\",\"/post\",\"Content-Length: 4\r\n\",4";
  constexpr std::size_t start = line.find('=') + 1;
  auto policy = dialects::slm_1::slm_1_6().parameters;
  for (auto _ : state) {
    auto parameters = at::Parameters::parse(line, start, policy);
    if (!parameters || parameters->size() != 4) {
      state.SkipWithError("4 parameters expected");
      break;
    }
    benchmark::DoNotOptimize(parameters);
  }
}
BENCHMARK(parse_parameters);

// What goes into a log: commands with and without secrets, answers, data of a host.
void redact_lines(benchmark::State& state) {
  constexpr std::string_view lines =
      "AT+CFUN=1\r\nAT%CMNG=0,42,0,\"content\"\r\nAT#XMQTTCON=1,\"cid\",\"user\",\"password\",\"host\","
      "1883\r\n"
      "+CEREG: 1,\"412D\",\"03392510\",7\r\n#XHTTPCRSP:341,0\r\nAT#XSEND=1,\"some data of the host\"\r\n";
  for (auto _ : state) {
    benchmark::DoNotOptimize(at::redact(lines));
    benchmark::DoNotOptimize(at::redact_host_line(lines));
  }
  state.SetBytesProcessed(state.iterations() * static_cast<std::int64_t>(2 * lines.size()));
}
BENCHMARK(redact_lines);

void round_trip(benchmark::State& state, const char* command) {
  Devices devices;
  devices.add();
  for (auto _ : state) {
    benchmark::DoNotOptimize(devices.command(0, command));
  }
}
BENCHMARK_CAPTURE(round_trip, known, "AT");
BENCHMARK_CAPTURE(round_trip, unknown, "AT#XNOSUCH");
BENCHMARK_CAPTURE(round_trip, modem_read, "AT+CFUN?");
BENCHMARK_CAPTURE(round_trip, application_read, "AT#XSLMUART?");

// A modem that is switched off and on: registration, PDN and sleep are events, if somebody listens.
void register_anew(benchmark::State& state, std::size_t listeners) {
  Devices devices;
  devices.add();
  std::size_t heard = 0;
  std::vector<std::shared_ptr<void>> handles;
  for (std::size_t i = 0; i < listeners; ++i) {
    handles.push_back(devices.device(0).listen([&](const device::Event&) { ++heard; }));
  }
  for (auto _ : state) {
    devices.command(0, "AT+CFUN=4");
    devices.turn_on(0);
    while (!devices.is_registered(0)) {
      devices.run_for(std::chrono::milliseconds(0));
    }
  }
  benchmark::DoNotOptimize(heard);
}
BENCHMARK_CAPTURE(register_anew, unheard, 0);
BENCHMARK_CAPTURE(register_anew, heard_once, 1);
BENCHMARK_CAPTURE(register_anew, heard_ten_times, 10);

// As bodies come from TLS: a record of 16 KiB at a time.
void cut_response(benchmark::State& state, const std::string& response) {
  constexpr std::size_t piece = 16 * 1024;
  for (auto _ : state) {
    services::HttpResponseCutter cutter(false, services::HttpResponseCutter::Chunks::from_first_data);
    for (std::size_t at = 0; at < response.size(); at += piece) {
      auto parts = cutter.feed(std::string_view(response).substr(at, piece));
      benchmark::DoNotOptimize(parts);
    }
    if (!cutter.complete()) {
      state.SkipWithError("the response is not complete");
      break;
    }
  }
  state.SetBytesProcessed(state.iterations() * static_cast<std::int64_t>(response.size()));
}

constexpr std::size_t body_size = 1024 * 1024;

void cut_response_with_length(benchmark::State& state) {
  std::string head = fmt::format("HTTP/1.1 200 OK\r\nContent-Length: {}\r\n\r\n", body_size);
  cut_response(state, head + std::string(body_size, 'x'));
}
BENCHMARK(cut_response_with_length);

void cut_chunked_response(benchmark::State& state) {
  std::string response = "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n";
  std::string chunk = fmt::format("{:x}\r\n{}\r\n", 1000, std::string(1000, 'x'));
  for (std::size_t size = 0; size < body_size; size += 1000) {
    response += chunk;
  }
  cut_response(state, response + "0\r\n\r\n");
}
BENCHMARK(cut_chunked_response);

}  // namespace

}  // namespace attache::bench
