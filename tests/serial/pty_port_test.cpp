#include "serial/pty_port.hpp"

#include <fcntl.h>
#include <fmt/format.h>
#include <gmock/gmock.h>
#include <poll.h>
#include <sched.h>
#include <sys/file.h>
#include <sys/ioctl.h>
#include <sys/mount.h>
#include <sys/stat.h>
#include <sys/sysmacros.h>
#include <sys/wait.h>
#include <unistd.h>

#include <array>
#include <climits>
#include <csignal>
#include <cstdlib>
#include <filesystem>
#include <random>

#include "loop_test.hpp"
#include "serial/descriptor_port.hpp"

namespace attache::serial {
namespace {

using testing::HasSubstr;

class PtyPortTest : public LoopTest {
 protected:
  void SetUp() override {
    if (!has_ptys()) {
      GTEST_SKIP() << "this machine has no /dev/ptmx or devpts";
    }
  }

  // A next host gets nothing before it has said something.
  std::unique_ptr<Port> open_without_newcomer_time() {
    return std::move(*open_pty_port(context, link, "/dev/ptmx", std::chrono::hours(1)));
  }

  std::string link = folder.file("modem");
  std::string text = "pty:" + link;
};

TEST_F(PtyPortTest, CarriesBytesBothWays) {
  auto port = open(text);
  EXPECT_EQ(port->address(), text);
  Reader reader(context, *port);
  base::FileDescriptor host = open_host(link);
  host_writes(host.get(), "AT\r\n");
  run_until([&] { return reader.bytes().size() == 4; });
  EXPECT_EQ(reader.bytes(), "AT\r\n");
  port->write("\r\nOK\r\n");
  EXPECT_EQ(host_reads(host.get(), 6), "\r\nOK\r\n");
  EXPECT_EQ(port->dropped(), 0U);
}

TEST_F(PtyPortTest, IsRawAndEchoesNothingBeforeAHostOpensIt) {
  auto port = open(text);
  Reader reader(context, *port);
  port->write("Ready\r\n");
  settle();
  base::FileDescriptor host = open_host(link);
  EXPECT_EQ(host_reads(host.get(), 7), "Ready\r\n");
  settle();
  EXPECT_EQ(reader.bytes(), "");
  termios modes{};
  ASSERT_EQ(::tcgetattr(host.get(), &modes), 0);
  EXPECT_EQ(modes.c_lflag & (ECHO | ICANON | ISIG), 0U);
  EXPECT_EQ(modes.c_iflag, 0U);
  EXPECT_EQ(modes.c_oflag & OPOST, 0U);
}

TEST_F(PtyPortTest, LeavesModesThatAHostSets) {
  auto port = open(text);
  base::FileDescriptor host = open_host(link);
  termios modes{};
  ASSERT_EQ(::tcgetattr(host.get(), &modes), 0);
  modes.c_lflag |= ICANON;
  ASSERT_EQ(::tcsetattr(host.get(), TCSANOW, &modes), 0);
  settle();
  host.reset();
  settle();
  host = open_host(link);
  settle();
  ASSERT_EQ(::tcgetattr(host.get(), &modes), 0);
  EXPECT_NE(modes.c_lflag & ICANON, 0U);
}

TEST_F(PtyPortTest, HoldsSixtyFourKibibytesForTheFirstHostAndCountsTheRest) {
  auto port = open(text);
  port->write(std::string(hold_limit - 10, 'a'));
  port->write(std::string(10, 'b'));
  port->write("beyond");
  EXPECT_EQ(port->dropped(), 6U);
  base::FileDescriptor host = open_host(link);
  EXPECT_EQ(host_reads(host.get(), hold_limit), std::string(hold_limit - 10, 'a') + std::string(10, 'b'));
  settle();
  EXPECT_EQ(available(host.get()), "");
}

TEST_F(PtyPortTest, DropsAndCountsOutputAfterTheLastHostHasGone) {
  auto port = open(text);
  base::FileDescriptor host = open_host(link);
  settle();
  host.reset();
  port->write("lost");
  settle();
  port->write("lost too");
  EXPECT_EQ(port->dropped(), 12U);
  host = open_host(link);
  port->write("seen");
  EXPECT_EQ(host_reads(host.get(), 4), "seen");
  EXPECT_EQ(port->dropped(), 12U);
}

TEST_F(PtyPortTest, KeepsWhatOneHostLeftUnreadFromTheNext) {
  auto port = open(text);
  base::FileDescriptor host = open_host(link);
  settle();
  port->write("for the first host");
  host.reset();
  settle();
  EXPECT_EQ(port->dropped(), 18U);
  host = open_host(link);
  port->write("new");
  EXPECT_EQ(host_reads(host.get(), 3), "new");
}

TEST_F(PtyPortTest, KeepsAnAnswerFromAHostThatCameBeforeTheLastOneWasMissed) {
  auto port = open_without_newcomer_time();
  Reader reader(context, *port);
  base::FileDescriptor host = open_host(link);
  host_writes(host.get(), "AT\r\n");
  run_until([&] { return reader.bytes() == "AT\r\n"; });
  port->write("for the first host");
  host.reset();
  base::FileDescriptor next = open_host(link);
  settle();
  EXPECT_EQ(available(next.get()), "");
  EXPECT_EQ(port->dropped(), 18U);
  host_writes(next.get(), "AT+CFUN?\r\n");
  run_until([&] { return reader.bytes() == "AT\r\nAT+CFUN?\r\n"; });
  port->write("for the next host");
  EXPECT_EQ(host_reads(next.get(), 17), "for the next host");
}

TEST_F(PtyPortTest, KeepsTheAnswerToAHostThatHasGoneFromTheNextOne) {
  auto port = open_without_newcomer_time();
  Reader reader(context, *port);
  base::FileDescriptor host = open_host(link);
  settle();
  host_writes(host.get(), "AT\r\n");
  host.reset();
  base::FileDescriptor next = open_host(link);
  run_until([&] { return reader.bytes() == "AT\r\n"; });
  port->write("for the first host");
  EXPECT_EQ(port->dropped(), 18U);
  settle();
  EXPECT_EQ(available(next.get()), "");
}

TEST_F(PtyPortTest, SoonTellsANextHostThatOnlyListens) {
  auto port = open(text);
  base::FileDescriptor host = open_host(link);
  settle();
  host.reset();
  base::FileDescriptor next = open_host(link);
  std::string heard;
  run_until([&] {
    port->write("+CEREG: 1");
    heard = available(next.get());
    return !heard.empty();
  });
  EXPECT_EQ(heard.substr(0, 9), "+CEREG: 1");
}

TEST_F(PtyPortTest, KeepsTheAnswerToAHostThatNobodyEverNoticedFromTheNextOne) {
  auto port = open_without_newcomer_time();
  Reader reader(context, *port);
  port->write("Ready");
  base::FileDescriptor host = open_host(link);
  host_writes(host.get(), "AT\r\n");
  host.reset();
  base::FileDescriptor next = open_host(link);
  run_until([&] { return reader.bytes() == "AT\r\n"; });
  settle();
  EXPECT_EQ(available(next.get()), "");
  host_writes(next.get(), "ATI\r\n");
  run_until([&] { return reader.bytes() == "AT\r\nATI\r\n"; });
  port->write("nRF91");
  EXPECT_EQ(host_reads(next.get(), 10), "ReadynRF91");
}

TEST_F(PtyPortTest, AnswersANextHostThatHasSpokenAtOnce) {
  auto port = open_without_newcomer_time();
  Reader reader(context, *port);
  base::FileDescriptor host = open_host(link);
  settle();
  host_writes(host.get(), "AT\r\n");
  host.reset();
  host = open_host(link);
  host_writes(host.get(), "ATI\r\n");
  run_until([&] { return reader.bytes() == "AT\r\nATI\r\n"; });
  port->write("nRF91");
  EXPECT_EQ(host_reads(host.get(), 5), "nRF91");
  EXPECT_EQ(port->dropped(), 0U);
}

// Until the PTY's master has what was written to the slave: the kernel takes a moment.
void wait_for_master_of(const std::string& link) {
  std::uint64_t wanted = std::stoul(std::filesystem::read_symlink(link).filename());
  for (int descriptor = 0; descriptor < 1024; ++descriptor) {
    unsigned number = 0;
    if (::ioctl(descriptor, TIOCGPTN, &number) == 0 && number == wanted) {
      pollfd ready{descriptor, POLLIN, 0};
      EXPECT_EQ(::poll(&ready, 1, 10'000), 1);
    }
  }
}

// Its bytes are read in the turn in which a write has noticed it, before the handler hears of anything.
TEST_F(PtyPortTest, TellsThatTheLastHostHasGoneBeforeTheBytesOfTheNextEvenIfAWriteHasNoticedIt) {
  auto port = open(text);
  Reader reader(context, *port);
  std::vector<std::string> told;
  base::FileDescriptor host = open_host(link);
  settle();
  port->set_presence_handler([&](bool present) {
    told.push_back(fmt::format("{}, {} bytes", present ? "came" : "gone", reader.bytes().size()));
  });
  asio::post(context, [&] {
    host.reset();
    host = open_host(link);
    host_writes(host.get(), "AT");
    wait_for_master_of(link);
    asio::post(context, [&] { port->write("for the last one"); });
  });
  run_until([&] { return reader.bytes().size() == 2; });
  EXPECT_THAT(told, testing::ElementsAre("gone, 0 bytes", "came, 0 bytes"));
}

TEST_F(PtyPortTest, AnswersAHostThatNobodyHasNoticedYet) {
  auto port = open(text);
  { base::FileDescriptor first = open_host(link); }
  settle();
  base::FileDescriptor host = open_host(link);
  port->write("at once");  // Before the loop could see the opening.
  EXPECT_EQ(host_reads(host.get(), 7), "at once");
  EXPECT_EQ(port->dropped(), 0U);
}

TEST_F(PtyPortTest, CountsSeveralHosts) {
  auto port = open(text);
  std::vector<bool> presence;
  port->set_presence_handler([&](bool present) { presence.push_back(present); });
  base::FileDescriptor first = open_host(link);
  run_until([&] { return presence.size() == 1; });
  base::FileDescriptor second = open_host(link);
  settle();
  first.reset();
  settle();
  EXPECT_EQ(presence, (std::vector{true}));
  second.reset();
  run_until([&] { return presence.size() == 2; });
  EXPECT_EQ(presence, (std::vector{true, false}));
}

TEST_F(PtyPortTest, CountsHostsWhoseOpeningsCameAtOnce) {
  auto port = open(text);
  std::vector<bool> presence;
  port->set_presence_handler([&](bool present) { presence.push_back(present); });
  base::FileDescriptor first = open_host(link);
  base::FileDescriptor second = open_host(link);
  run_until([&] { return presence.size() == 1; });
  first.reset();
  settle();
  port->write("to the second");
  EXPECT_EQ(host_reads(second.get(), 13), "to the second");
  EXPECT_EQ(presence, (std::vector{true}));
  second.reset();
  run_until([&] { return presence.size() == 2; });
}

TEST_F(PtyPortTest, SeesThatHostsWhoCloseAtOnceHaveGone) {
  if (::geteuid() != 0) {
    GTEST_SKIP() << "only root can look into all processes";
  }
  auto port = open(text);
  std::vector<bool> presence;
  port->set_presence_handler([&](bool present) { presence.push_back(present); });
  base::FileDescriptor first = open_host(link);
  run_until([&] { return presence.size() == 1; });
  base::FileDescriptor second = open_host(link);
  settle();
  first.reset();
  second.reset();
  run_until([&] { return presence.size() == 2; });
  port->write("lost");
  EXPECT_EQ(port->dropped(), 4U);
}

/// A process with terminals of its own, as in a container, that has one whose path is `path` open.
class ContainerWithTerminal {
 public:
  explicit ContainerWithTerminal(const std::string& path) {
    std::array<int, 2> told{};
    EXPECT_EQ(::pipe2(told.data(), O_CLOEXEC), 0);
    child_ = ::fork();
    if (child_ == 0) {
      // It has nothing of ours.
      constexpr int kept = 3;
      ::dup2(told[1], kept);
      ::close_range(kept + 1, UINT_MAX, 0);
      char works = open_terminals(path) ? 'y' : 'n';
      EXPECT_EQ(::write(kept, &works, 1), 1);
      ::pause();
      ::_exit(0);
    }
    char works = 'n';
    EXPECT_EQ(::read(told[0], &works, 1), 1);
    works_ = works == 'y';
    ::close(told[0]);
    ::close(told[1]);
  }
  ~ContainerWithTerminal() {
    ::kill(child_, SIGKILL);
    ::waitpid(child_, nullptr, 0);
  }
  ContainerWithTerminal(const ContainerWithTerminal&) = delete;
  ContainerWithTerminal& operator=(const ContainerWithTerminal&) = delete;
  [[nodiscard]] bool works() const { return works_; }

 private:
  static bool open_terminals(const std::string& path) {
    constexpr int most = 200;
    bool is_apart = ::unshare(CLONE_NEWNS) == 0 &&
                    ::mount(nullptr, "/", nullptr, MS_REC | MS_PRIVATE, nullptr) == 0 &&
                    ::mount("devpts", "/dev/pts", "devpts", 0, "newinstance,ptmxmode=0666") == 0;
    for (int i = 0; is_apart && i < most; ++i) {
      int master = ::open("/dev/pts/ptmx", O_RDWR | O_NOCTTY);
      std::array<char, 64> name{};
      bool is_there = master >= 0 && ::unlockpt(master) == 0 &&
                      ::ptsname_r(master, name.data(), name.size()) == 0 &&
                      ::open(name.data(), O_RDWR | O_NOCTTY) >= 0;
      if (!is_there || path == name.data()) {
        return is_there;
      }
    }
    return false;
  }

  pid_t child_ = -1;
  bool works_ = false;
};

TEST_F(PtyPortTest, SeesThatAHostHasGoneBesideAContainerWithATerminalOfThatPath) {
  auto port = open(text);
  ContainerWithTerminal container(std::filesystem::read_symlink(link));
  if (!container.works()) {
    GTEST_SKIP() << "no container can be made here";
  }
  std::vector<bool> presence;
  port->set_presence_handler([&](bool present) { presence.push_back(present); });
  Reader reader(context, *port);
  base::FileDescriptor host = open_host(link);
  run_until([&] { return presence.size() == 1; });
  host.reset();
  run_until([&] { return presence.size() == 2; });
  EXPECT_EQ(presence, (std::vector{true, false}));
}

TEST_F(PtyPortTest, ReadsWhatAHostSentBeforeItClosed) {
  auto port = open(text);
  Reader reader(context, *port);
  {
    base::FileDescriptor host = open_host(link);
    host_writes(host.get(), "AT+CFUN=1\r\n");
  }
  run_until([&] { return reader.bytes() == "AT+CFUN=1\r\n"; });
  EXPECT_FALSE(reader.ended());
}

TEST_F(PtyPortTest, ServesHostAfterHost) {
  auto port = open(text);
  Reader reader(context, *port);
  for (std::size_t count = 1; count <= 5; ++count) {
    base::FileDescriptor host = open_host(link);
    host_writes(host.get(), "x");
    run_until([&] { return reader.bytes().size() == count; });
    port->write("y");
    EXPECT_EQ(host_reads(host.get(), 1), "y");
  }
}

TEST_F(PtyPortTest, DoesNotSpinWhenNoHostIsThere) {
  auto port = open(text);
  Reader reader(context, *port);
  { base::FileDescriptor host = open_host(link); }
  settle();
  settle();
  context.restart();
  EXPECT_EQ(context.poll(), 0U);
}

TEST_F(PtyPortTest, RemovesLinkAndLockWhenClosed) {
  auto port = open(text);
  EXPECT_TRUE(std::filesystem::is_symlink(link));
  EXPECT_TRUE(std::filesystem::exists(link + ".lock"));
  port->close();
  port->close();
  EXPECT_FALSE(std::filesystem::exists(std::filesystem::symlink_status(link)));
  EXPECT_FALSE(std::filesystem::exists(link + ".lock"));
  port->write("nobody");
  EXPECT_EQ(port->dropped(), 6U);
}

TEST_F(PtyPortTest, RefusesALinkThatIsAlive) {
  auto port = open(text);
  base::Reason reason = refusal(text);
  EXPECT_EQ(reason.why, fmt::format("process {} serves it (it holds the lock {}.lock)", ::getpid(), link));
  EXPECT_TRUE(std::filesystem::is_symlink(link));
  base::FileDescriptor host = open_host(link);
  port->write("alive");
  EXPECT_EQ(host_reads(host.get(), 5), "alive");
}

TEST_F(PtyPortTest, ReplacesALinkThatWasLeftBehindEvenIfItsTargetExists) {
  auto other = open("pty:" + folder.file("other"));
  auto target = std::filesystem::read_symlink(folder.file("other"));
  std::filesystem::create_symlink(target, link);
  std::ofstream(link + ".lock") << "4711\n";
  auto port = open(text);
  EXPECT_NE(std::filesystem::read_symlink(link), target);
  EXPECT_EQ(std::filesystem::read_symlink(folder.file("other")), target);
}

TEST_F(PtyPortTest, NeverTouchesALinkToSomethingElse) {
  for (const std::string& target : {std::string("/dev/null"), folder.file("missing")}) {
    std::filesystem::create_symlink(target, link);
    base::Reason reason = refusal(text);
    EXPECT_EQ(
        reason.why,
        fmt::format("the symbolic link at {} leads to {}, which is no PTY, and is left alone", link, target));
    EXPECT_EQ(reason.advice, "remove it, or choose another name");
    EXPECT_EQ(std::filesystem::read_symlink(link), target);
    EXPECT_FALSE(std::filesystem::exists(link + ".lock"));
    std::filesystem::remove(link);
  }
}

TEST_F(PtyPortTest, NeverTouchesWhatIsNoLink) {
  std::ofstream(link) << "precious";
  EXPECT_THAT(refusal(text).why, HasSubstr("not the link of a PTY"));
  std::string content;
  std::ifstream(link) >> content;
  EXPECT_EQ(content, "precious");
  EXPECT_FALSE(std::filesystem::exists(link + ".lock"));
}

// For programs that offer only the serial ports they find in /dev.
class PtyPortInDev : public PtyPortTest {
 protected:
  void SetUp() override {
    PtyPortTest::SetUp();
    if (::access("/dev", W_OK) != 0) {
      GTEST_SKIP() << "only root can make a name in /dev";
    }
  }

  // What those programs take for ports of this test.
  [[nodiscard]] std::vector<std::string> listed() const {
    std::vector<std::string> found;
    for (const auto& entry : std::filesystem::directory_iterator("/dev")) {
      if (entry.path().string().starts_with(name)) {
        found.push_back(entry.path().string());
      }
    }
    return found;
  }

  std::string name = fmt::format("/dev/ttyUSB{}", 1'000'000'000 + ::getpid());
};

TEST_F(PtyPortInDev, IsTheOnlyNameThatIsListedAndIsGoneWhenClosed) {
  auto port = open("pty:" + name);
  EXPECT_EQ(listed(), std::vector{name});
  EXPECT_EQ(refusal("pty:" + name).why, fmt::format("process {} serves it (it holds the lock /dev/.{}.lock)",
                                                    ::getpid(), name.substr(5)));
  auto host = connect("pty:" + name);
  Reader at_device(context, *port);
  host->write("AT\r\n");
  run_until([&] { return at_device.bytes() == "AT\r\n"; });
  port->close();
  EXPECT_EQ(listed(), std::vector<std::string>{});
  EXPECT_FALSE(std::filesystem::exists(fmt::format("/dev/.{}.lock", name.substr(5))));
}

TEST_F(PtyPortInDev, IsRefusedWhereADeviceIs) {
  if (::mknod(name.c_str(), S_IFCHR | 0600, ::makedev(1, 3)) != 0) {
    GTEST_SKIP() << "no device can be made";
  }
  base::Reason reason = refusal("pty:" + name);
  EXPECT_EQ(reason.why,
            fmt::format("there is something else at {}, not the link of a PTY; it is left alone", name));
  EXPECT_TRUE(std::filesystem::is_character_file(name));
  std::filesystem::remove(name);
  EXPECT_EQ(listed(), std::vector<std::string>{});
  EXPECT_FALSE(std::filesystem::exists(fmt::format("/dev/.{}.lock", name.substr(5))));
}

TEST_F(PtyPortTest, NeverTouchesALockFileOfSomebodyElse) {
  std::ofstream(link + ".lock") << "[[package]]";
  EXPECT_THAT(refusal(text).why, HasSubstr("not a lock file"));
  std::string content;
  std::ifstream(link + ".lock") >> content;
  EXPECT_EQ(content, "[[package]]");
}

TEST_F(PtyPortTest, LeavesALinkThatTheUserHasReplaced) {
  auto port = open(text);
  std::filesystem::remove(link);
  std::filesystem::create_symlink("/dev/null", link);
  port.reset();
  EXPECT_EQ(std::filesystem::read_symlink(link), "/dev/null");
}

TEST_F(PtyPortTest, NamesTheFolderThatIsMissing) {
  base::Reason reason = refusal("pty:" + folder.file("no/modem"));
  EXPECT_THAT(reason.why, HasSubstr("No such file or directory"));
  EXPECT_THAT(reason.advice, HasSubstr("make the folder"));
}

TEST_F(PtyPortTest, NamesOtherPortsWhereThereAreNoPtys) {
  auto port = open_pty_port(context, link, folder.file("ptmx"));
  ASSERT_FALSE(port);
  EXPECT_THAT(port.error().advice, HasSubstr("unix:"));
  EXPECT_THAT(port.error().advice, HasSubstr("tcp:"));
  EXPECT_FALSE(std::filesystem::exists(link + ".lock"));
}

TEST_F(PtyPortTest, BoundsMemoryWhenTheHostNeverReads) {
  auto port = open(text);
  base::FileDescriptor host = open_host(link);
  settle();
  std::string block(4096, 'x');
  for (int i = 0; i < 600; ++i) {
    port->write(block);
  }
  EXPECT_LE(port->queued(), queue_limit);
  EXPECT_GT(port->dropped(), 600 * block.size() - queue_limit - 256 * 1024);
  std::uint64_t accepted = 600 * block.size() - port->dropped();
  EXPECT_EQ(host_reads(host.get(), accepted), std::string(accepted, 'x'));
  EXPECT_EQ(port->queued(), 0U);
}

TEST_F(PtyPortTest, PassesLargeTransfersInRandomPieces) {
  auto port = open(text);
  Reader reader(context, *port, 777);
  base::FileDescriptor host = open_host(link);
  settle();
  std::mt19937 random(1);
  std::string sent(300'000, '\0');
  for (char& byte : sent) {
    byte = static_cast<char>(random());
  }
  std::string received;
  std::size_t host_sent = 0;
  for (std::size_t at = 0; at < sent.size();) {
    std::size_t size = std::min<std::size_t>(1 + random() % 5000, sent.size() - at);
    port->write(std::string_view(sent).substr(at, size));
    at += size;
    ssize_t count = ::write(host.get(), sent.data() + host_sent,
                            std::min<std::size_t>(1 + random() % 3000, sent.size() - host_sent));
    host_sent += count > 0 ? static_cast<std::size_t>(count) : 0;
    received += available(host.get(), 1 + random() % 9000);
    settle();
  }
  received += host_reads(host.get(), sent.size() - received.size());
  run_until([&] {
    ssize_t count = ::write(host.get(), sent.data() + host_sent, sent.size() - host_sent);
    host_sent += count > 0 ? static_cast<std::size_t>(count) : 0;
    return reader.bytes().size() == sent.size();
  });
  EXPECT_TRUE(received == sent);
  EXPECT_TRUE(reader.bytes() == sent);
}

TEST_F(PtyPortTest, EndsASuspendedReadWhenDestroyed) {
  auto port = open(text);
  Reader reader(context, *port);
  settle();
  port.reset();
  run_until([&] { return reader.ended(); });
}

TEST_F(PtyPortTest, StoresTheRate) {
  auto port = open(text, {.pace = false, .baud = 9600});
  EXPECT_EQ(port->baud(), 9600U);
  EXPECT_TRUE(port->set_baud(1'000'000));
  EXPECT_EQ(port->baud(), 1'000'000U);
  EXPECT_TRUE(port->has_flow_control());
}

TEST_F(PtyPortTest, IsConnectedToByItsLink) {
  auto port = open(text);
  auto host = connect(text);
  Reader at_device(context, *port);
  Reader at_host(context, *host);
  host->write("AT\r\n");
  run_until([&] { return at_device.bytes() == "AT\r\n"; });
  port->write("OK\r\n");
  run_until([&] { return at_host.bytes() == "OK\r\n"; });
  port->close();
  run_until([&] { return at_host.ended(); });
}

TEST_F(PtyPortTest, RefusesToConnectToALinkLeftBehind) {
  std::filesystem::create_symlink("/dev/null", link);
  std::ofstream(link + ".lock") << "4711\n";
  auto host = connect_port(clock, spec(text));
  ASSERT_FALSE(host);
  EXPECT_THAT(host.error().why, HasSubstr("left behind"));
  std::filesystem::remove(link + ".lock");
  EXPECT_THAT(connect_port(clock, spec(text)).error().why, HasSubstr("no terminal"));
  std::filesystem::remove(link);
  EXPECT_THAT(connect_port(clock, spec(text)).error().advice, HasSubstr("attache serve"));
}

TEST_F(PtyPortTest, TakesOneHostOfOursAtATime) {
  auto port = open(text);
  auto first = connect(text);
  auto second = connect_port(clock, spec(text));
  ASSERT_FALSE(second);
  EXPECT_EQ(second.error().why, link + " is in use: another program holds its lock");
  EXPECT_EQ(second.error().advice, "end that program first; `fuser " + link + "` names it");
  first.reset();
  settle();
  EXPECT_TRUE(connect_port(clock, spec(text)));
}

}  // namespace
}  // namespace attache::serial
