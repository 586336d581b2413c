// A long body over HTTPS through #XHTTPCREQ, beside socat (OPENSSL to a unix socket) with the same reader,
// and curl, in turns, all from one nginx and with one cipher suite. nginx and the reader share a core, what
// lies between them has the other. A second device writes a trace of the same.

#include <arpa/inet.h>
#include <fmt/format.h>
#include <netinet/in.h>
#include <sys/socket.h>
#include <unistd.h>

#include <chrono>
#include <filesystem>
#include <memory>
#include <optional>
#include <sstream>
#include <stdexcept>
#include <string>
#include <string_view>
#include <thread>
#include <vector>

#include "bench/command_line.hpp"
#include "bench/host.hpp"
#include "bench/program.hpp"
#include "bench/report.hpp"
#include "bench/scratch_folder.hpp"
#include "bench/statistics.hpp"
#include "lab/certificate_authority.hpp"

namespace attache::bench {

namespace {

using Clock = std::chrono::steady_clock;

constexpr double ratio_aim = 0.8;
constexpr double traced_aim = 0.7;  // Of the device without a trace.
constexpr std::string_view suite = "ECDHE-ECDSA-AES128-GCM-SHA256";
constexpr std::size_t read_size = 64 * 1024;
constexpr auto patience = std::chrono::seconds(10);

struct Options {
  std::string attache = beside_this_program("attache");
  std::size_t rounds = 9;
  std::size_t bytes = 200'000'000;
};

/// What one download took from the first byte of the answer to the last.
struct Download {
  double megabytes_per_second = 0;
  double cpu_seconds_per_gigabyte = 0;  ///< Of the program between server and reader.
};

std::unique_ptr<Host> connect_when_there(const std::string& address) {
  auto deadline = Clock::now() + patience;
  while (true) {
    try {
      return std::make_unique<Host>(address);
    } catch (const std::runtime_error&) {
      if (Clock::now() > deadline) {
        throw;
      }
      std::this_thread::sleep_for(std::chrono::milliseconds(1));
    }
  }
}

std::uint16_t free_port() {
  int descriptor = ::socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
  sockaddr_in address{};
  address.sin_family = AF_INET;
  address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
  socklen_t size = sizeof address;
  bool found = ::bind(descriptor, reinterpret_cast<sockaddr*>(&address), size) == 0 &&
               ::getsockname(descriptor, reinterpret_cast<sockaddr*>(&address), &size) == 0;
  ::close(descriptor);
  if (!found) {
    throw std::runtime_error("no free TCP port on 127.0.0.1");
  }
  return ntohs(address.sin_port);
}

/// Writes what nginx needs to serve one file of zeros, /file, behind HTTPS; ca.pem is for its clients.
/// Returns its arguments.
std::vector<std::string> prepare_nginx(const ScratchFolder& folder, std::size_t bytes, std::uint16_t port) {
  lab::CertificateAuthority authority("Benchmark");
  lab::LeafOptions names;
  names.addresses = {"127.0.0.1"};
  auto leaf = authority.issue(names);
  folder.write("ca.pem", authority.certificate_pem());
  folder.write("server.pem", leaf.certificate_pem);
  folder.write("server.key", leaf.private_key_pem);
  std::filesystem::create_directory(folder.path("www"));
  std::filesystem::resize_file(folder.write("www/file", ""), bytes);
  std::string text = fmt::format(
      "daemon off; master_process off; pid {0}/pid; error_log stderr;\n"
      "events {{}}\n"
      "http {{\n"
      "  access_log off; default_type application/octet-stream;\n"
      "  client_body_temp_path {0}/body; proxy_temp_path {0}/proxy; fastcgi_temp_path {0}/fastcgi;\n"
      "  uwsgi_temp_path {0}/uwsgi; scgi_temp_path {0}/scgi;\n"
      "  server {{\n"
      "    listen 127.0.0.1:{1} ssl; root {0}/www;\n"
      "    ssl_certificate {0}/server.pem; ssl_certificate_key {0}/server.key;\n"
      "    ssl_protocols TLSv1.2; ssl_ciphers {2};\n"
      "  }}\n"
      "}}\n",
      folder.path(""), port, suite);
  return {"nginx", "-e", "stderr", "-c", folder.write("nginx.conf", text)};
}

/// Counts the body of an HTTP answer and takes the time from its first byte to its last.
class BodyCounter {
 public:
  enum class Begins { with_head, with_body };
  explicit BodyCounter(std::size_t expected, Begins begins = Begins::with_head)
      : left_(expected), head_over_(begins == Begins::with_body) {}

  void take(std::string_view bytes) {
    if (bytes.empty()) {
      return;
    }
    if (!begin_) {
      begin_ = Clock::now();
    }
    if (!head_over_) {
      bytes = after_head(bytes);
    }
    if (bytes.size() > left_) {
      throw std::runtime_error("more came than the file holds");
    }
    left_ -= bytes.size();
    if (left_ == 0) {
      end_ = Clock::now();
    }
  }

  [[nodiscard]] bool complete() const { return left_ == 0; }
  [[nodiscard]] double seconds() const { return std::chrono::duration<double>(end_ - *begin_).count(); }

 private:
  // What of the bytes is behind the head; views into `head_`.
  std::string_view after_head(std::string_view bytes) {
    head_ += bytes;
    std::size_t end = head_.find("\r\n\r\n");
    if (end == std::string::npos) {
      return {};
    }
    if (!head_.starts_with("HTTP/1.1 200")) {
      throw std::runtime_error(fmt::format("the server answers {}", head_.substr(0, head_.find('\r'))));
    }
    head_over_ = true;
    return std::string_view(head_).substr(end + 4);
  }

  std::size_t left_;
  std::string head_;
  bool head_over_;
  std::optional<Clock::time_point> begin_;
  Clock::time_point end_;
};

/// Takes the framing of #XHTTPCRSP off, or that of #XHTTPCDATA of Serial Modem.
class FrameStripper {
 public:
  void feed(std::string_view bytes, BodyCounter& counter) {
    while (!bytes.empty()) {
      if (inside_ > 0) {
        std::string_view part = bytes.substr(0, inside_);
        counter.take(part);
        inside_ -= part.size();
        bytes.remove_prefix(part.size());
        continue;
      }
      line_ += bytes.front();
      bytes.remove_prefix(1);
      if (line_ == "\r\n") {
        line_.clear();  // The empty line before each.
      } else if (line_.ends_with("\r\n")) {
        read_line();
        line_.clear();
      }
    }
  }
  [[nodiscard]] bool over() const { return over_; }

 private:
  void read_line() {
    constexpr std::string_view response = "#XHTTPCRSP:";
    constexpr std::string_view piece = "#XHTTPCDATA:";
    if (line_.starts_with(piece)) {
      inside_ = std::stoul(line_.substr(line_.rfind(',') + 1));
    } else if (line_.starts_with("#XHTTPCSTAT: ")) {
      over_ = true;
    } else if (line_.starts_with("#XHTTPCHEAD: ") || line_.starts_with("#XHTTPCREQ: ")) {
      // Of no interest.
    } else if (line_.starts_with(response) && line_.ends_with(",0\r\n")) {
      inside_ = std::stoul(line_.substr(response.size()));
    } else if (line_ == "#XHTTPCRSP:0,1\r\n") {
      over_ = true;
    } else if (line_ != "OK\r\n") {
      throw std::runtime_error(fmt::format("the device says {}", line_));
    }
  }

  std::string line_;
  std::size_t inside_ = 0;
  bool over_ = false;
};

Download figures_of(const BodyCounter& counter, std::size_t bytes, std::chrono::nanoseconds cpu) {
  return {static_cast<double>(bytes) / 1e6 / counter.seconds(),
          std::chrono::duration<double>(cpu).count() / (static_cast<double>(bytes) / 1e9)};
}

/// A device on a unix socket with the CA under tag 42.
class Device {
 public:
  Device(const Options& options, const ScratchFolder& folder, const std::string& ca, std::optional<int> cpu,
         const std::string& name = "modem", const std::vector<std::string>& more = {})
      : program_(arguments(options, folder.path(name), more), cpu), host_(program_.read_address()) {
    host_.wait_for("Ready\r\n");
    if (!host_.command(fmt::format("AT%CMNG=0,42,0,\"{}\"", ca)).ends_with("OK\r\n")) {
      throw std::runtime_error("the device does not take the CA's certificate");
    }
    host_.bring_up_modem();
  }

  Download fetch(std::uint16_t port, std::size_t bytes) {
    if (!host_.command(fmt::format("AT#XHTTPCCON=1,\"127.0.0.1\",{},42", port)).ends_with("OK\r\n")) {
      throw std::runtime_error("the device cannot connect to nginx");
    }
    Download download = request("AT#XHTTPCREQ=\"GET\",\"/file\",\"\"", BodyCounter(bytes), bytes);
    host_.command("AT#XHTTPCCON=0");
    return download;
  }

  // Serial Modem.
  Download fetch_over_socket(std::uint16_t port, std::size_t bytes) {
    host_.command("AT#XSSOCKET=1,1,0,42");
    if (!host_.command(fmt::format("AT#XCONNECT=0,\"127.0.0.1\",{}", port)).ends_with("OK\r\n")) {
      throw std::runtime_error("the device cannot connect to nginx");
    }
    BodyCounter counter(bytes, BodyCounter::Begins::with_body);
    Download download = request("AT#XHTTPCREQ=0,\"https://127.0.0.1/file\",0", std::move(counter), bytes);
    host_.command("AT#XCLOSE");
    return download;
  }

 private:
  Download request(std::string_view command, BodyCounter counter, std::size_t bytes) {
    auto before = program_.cpu_time();
    FrameStripper frames;
    host_.write(fmt::format("{}\r\n", command));
    while (!frames.over()) {
      std::size_t count = host_.read(buffer_);
      if (count == 0) {
        throw std::runtime_error("the device closed its line");
      }
      frames.feed(std::string_view(buffer_.data(), count), counter);
    }
    return figures_of(counter, bytes, program_.cpu_time() - before);
  }

  static std::vector<std::string> arguments(const Options& options, const std::string& port,
                                            const std::vector<std::string>& more) {
    std::vector<std::string> words{options.attache, "serve", "--port", "unix:" + port};
    words.insert(words.end(), more.begin(), more.end());
    return words;
  }

  Program program_;
  Host host_;
  std::vector<char> buffer_ = std::vector<char>(read_size);
};

/// By a device of its own, whose trace goes afterwards: memory that no file has used before costs a virtual
/// machine more than all the rest, and is no matter of the device.
Download fetch_traced(const Options& options, const ScratchFolder& folder, std::uint16_t port,
                      std::optional<int> cpu) {
  std::string trace = folder.path("trace.pcapng");
  Device device(options, folder, folder.read("ca.pem"), cpu, "traced", {"--pcap", trace});
  Download download = device.fetch(port, options.bytes);
  std::filesystem::remove(trace);
  return download;
}

Download fetch_by_socat(const ScratchFolder& folder, std::uint16_t port, std::size_t bytes,
                        std::optional<int> cpu) {
  std::string path = folder.path("socat");
  Program socat({"socat", "-b", "65536", "UNIX-LISTEN:" + path + ",unlink-early",
                 fmt::format("OPENSSL:127.0.0.1:{},cafile={}", port, folder.path("ca.pem"))},
                cpu);
  auto host = connect_when_there("unix:" + path);
  BodyCounter counter(bytes);
  std::vector<char> buffer(read_size);
  host->write("GET /file HTTP/1.1\r\nHost: 127.0.0.1\r\n\r\n");
  auto before = socat.cpu_time();
  while (!counter.complete()) {
    std::size_t count = host->read(buffer);
    if (count == 0) {
      throw std::runtime_error("socat closed the connection");
    }
    counter.take(std::string_view(buffer.data(), count));
  }
  return figures_of(counter, bytes, socat.cpu_time() - before);
}

double fetch_by_curl(const ScratchFolder& folder, std::uint16_t port, std::size_t bytes,
                     std::optional<int> cpu) {
  Program curl(
      {"curl", "-s", "-o", "/dev/null", "--cacert", folder.path("ca.pem"), "-w",
       "%{http_code} %{time_starttransfer} %{time_total}", fmt::format("https://127.0.0.1:{}/file", port)},
      cpu);
  std::istringstream said(curl.read_rest());
  int status = 0;
  double begin = 0;
  double end = 0;
  if (!(said >> status >> begin >> end) || status != 200) {
    throw std::runtime_error(fmt::format("curl says \"{}\"", said.str()));
  }
  return static_cast<double>(bytes) / 1e6 / (end - begin);
}

double median_of(const std::vector<Download>& downloads, double Download::*figure) {
  std::vector<double> values;
  for (const Download& download : downloads) {
    values.push_back(download.*figure);
  }
  return median(values);
}

void run(const Options& options) {
  ScratchFolder folder;
  Cores cores = choose_cores();
  pin_this_process(cores.client);
  std::uint16_t port = free_port();
  Program nginx(prepare_nginx(folder, options.bytes, port), cores.client);
  connect_when_there(fmt::format("tcp:127.0.0.1:{}", port));
  Device device(options, folder, folder.read("ca.pem"), cores.server);

  Device modem(options, folder, folder.read("ca.pem"), cores.server, "serial-modem",
               {"--dialect", "serial-modem-2.0"});

  std::vector<Download> by_device;
  std::vector<Download> by_modem;
  std::vector<Download> by_traced;
  std::vector<Download> by_socat;
  std::vector<double> by_curl;
  std::vector<double> ratios;
  std::vector<double> modem_ratios;
  std::vector<double> traced_ratios;
  for (std::size_t round = 0; round < options.rounds; ++round) {
    by_socat.push_back(fetch_by_socat(folder, port, options.bytes, cores.server));
    by_device.push_back(device.fetch(port, options.bytes));
    by_modem.push_back(modem.fetch_over_socket(port, options.bytes));
    modem_ratios.push_back(by_modem.back().megabytes_per_second / by_socat.back().megabytes_per_second);
    by_traced.push_back(fetch_traced(options, folder, port, cores.server));
    traced_ratios.push_back(by_traced.back().megabytes_per_second / by_device.back().megabytes_per_second);
    by_curl.push_back(fetch_by_curl(folder, port, options.bytes, cores.server));
    ratios.push_back(by_device.back().megabytes_per_second / by_socat.back().megabytes_per_second);
  }
  Table table(fmt::format("HTTPS download of {} MB ({}), median of {} (aim: ≥ {} of socat)",
                          options.bytes / 1'000'000, suite, options.rounds, ratio_aim),
              {"through", "MB/s", "of socat", "aim", "CPU s/GB"});
  auto number = [](double value) { return fmt::format("{:.2f}", value); };
  auto speed = [](double value) { return fmt::format("{:.0f}", value); };
  double socat_speed = median_of(by_socat, &Download::megabytes_per_second);
  table.row({"socat OPENSSL to unix", speed(socat_speed), "1.00", "",
             number(median_of(by_socat, &Download::cpu_seconds_per_gigabyte))});
  table.row({"attache `#XHTTPCREQ` to unix", speed(median_of(by_device, &Download::megabytes_per_second)),
             number(median(ratios)), at_least(median(ratios), ratio_aim),
             number(median_of(by_device, &Download::cpu_seconds_per_gigabyte))});
  table.row({"attache `serial-modem-2.0` to unix",
             speed(median_of(by_modem, &Download::megabytes_per_second)), number(median(modem_ratios)),
             at_least(median(modem_ratios), ratio_aim),
             number(median_of(by_modem, &Download::cpu_seconds_per_gigabyte))});
  double traced_speed = median_of(by_traced, &Download::megabytes_per_second);
  table.row({"… with `--pcap`, of the device without", speed(traced_speed), number(median(traced_ratios)),
             at_least(median(traced_ratios), traced_aim),
             number(median_of(by_traced, &Download::cpu_seconds_per_gigabyte))});
  table.row({"curl to /dev/null", speed(median(by_curl)), number(median(by_curl) / socat_speed), "", ""});
}

}  // namespace

}  // namespace attache::bench

int main(int argc, char** argv) {
  attache::bench::Options options;
  attache::bench::CommandLine line("HTTPS download through #XHTTPCREQ beside socat and curl");
  line.option("--attache", options.attache, "The program (default: the one beside this)");
  line.option("--rounds", options.rounds, "Rounds in turns");
  line.option("--bytes", options.bytes, "Length of the body");
  return line.run(argc, argv, [&] { attache::bench::run(options); });
}
