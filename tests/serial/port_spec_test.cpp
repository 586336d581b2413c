#include "serial/port_spec.hpp"

#include <fmt/format.h>
#include <gmock/gmock.h>
#include <sys/stat.h>

#include "loop_test.hpp"

namespace attache::serial {
namespace {

using testing::HasSubstr;
using Kind = PortSpec::Kind;
using Role = PortSpec::Role;

struct Good {
  std::string text;
  Kind kind;
  std::string target;
  std::uint16_t port = 0;
  std::optional<std::uint32_t> baud = std::nullopt;
  bool rtscts = false;
  Role role = Role::at;
  std::optional<unsigned> uart{};
};

TEST(PortSpec, IsRead) {
  for (const Good& good : std::vector<Good>{
           {"pty:/tmp/modem", Kind::pty, "/tmp/modem"},
           {"pty:modem@9600", Kind::pty, "modem", 0, 9600},
           {"pty:/home/me@work/modem", Kind::pty, "/home/me@work/modem"},
           {"pty:/home/me@1/modem", Kind::pty, "/home/me@1/modem"},
           {"tty:/dev/ttyUSB0", Kind::tty, "/dev/ttyUSB0"},
           {"tty:/dev/ttyUSB0@1000000,rtscts", Kind::tty, "/dev/ttyUSB0", 0, 1'000'000, true},
           {"tty:/dev/ttyUSB0,rtscts", Kind::tty, "/dev/ttyUSB0", 0, std::nullopt, true},
           {"tcp:localhost:5000", Kind::tcp, "localhost", 5000},
           {"tcp:0.0.0.0:0", Kind::tcp, "0.0.0.0", 0},
           {"tcp:[::1]:65535@115200", Kind::tcp, "::1", 65535, 115200},
           {"tcp::5000", Kind::tcp, "127.0.0.1", 5000},
           {"tcp:5000", Kind::tcp, "127.0.0.1", 5000},
           {"unix:/run/a:b=c", Kind::unix_socket, "/run/a:b=c"},
           {"unix:x@300", Kind::unix_socket, "x", 0, 300},
           {"stdio", Kind::stdio, ""},
           {"at=pty:x", Kind::pty, "x"},
           {"log=tcp:[::]:0", Kind::tcp, "::", 0, std::nullopt, false, Role::log},
           {"log=stdio", Kind::stdio, "", 0, std::nullopt, false, Role::log},
           {"uart0=stdio", Kind::stdio, "", 0, std::nullopt, false, Role::at, 0},
           {"uart2=pty:/tmp/m", Kind::pty, "/tmp/m", 0, std::nullopt, false, Role::at, 2},
       }) {
    auto spec = parse_port_spec(good.text);
    ASSERT_TRUE(spec) << good.text << "\n" << base::to_block(spec.error());
    EXPECT_EQ(spec->kind, good.kind) << good.text;
    EXPECT_EQ(spec->target, good.target) << good.text;
    EXPECT_EQ(spec->port, good.port) << good.text;
    EXPECT_EQ(spec->baud, good.baud) << good.text;
    EXPECT_EQ(spec->rtscts, good.rtscts) << good.text;
    EXPECT_EQ(spec->role, good.role) << good.text;
    EXPECT_EQ(spec->uart, good.uart) << good.text;
  }
}

struct Bad {
  std::string text;
  std::size_t column;
  std::string why;
};

TEST(PortSpec, NamesTheFaultAndItsColumn) {
  for (const Bad& bad : std::vector<Bad>{
           {"", 1, "nothing is named"},
           {"ptty:/tmp/x", 1, "Did you mean pty?"},
           {"log=", 5, "nothing is named"},
           {"lg=pty:x", 1, "Did you mean log?"},
           {"/tmp/modem", 1, "the kind of port is missing"},
           {"pty", 4, "pty:LINK"},
           {"pty:", 5, "pty:LINK"},
           {"log=pty:", 9, "pty:LINK"},
           {"pty:@9600", 5, "missing"},
           {"stdio@9600", 6, "nothing may follow"},
           {"pty@9600:x", 4, "pty:LINK"},
           {"modems/one", 1, "the kind of port is missing"},
           {"unix:/tmp/x@9600x", 13, "not a line rate"},
           {"tty:/dev/ttyUSB0@fast", 18, "not a line rate"},
           {"tty:/dev/ttyUSB0@", 18, "not a line rate"},
           {"tty:/dev/ttyUSB0@0", 18, "from 50 to"},
           {"tty:/dev/ttyUSB0@115200,rtsct", 25, "Did you mean rtscts?"},
           {"tty:/dev/ttyUSB0,", 18, "has no option"},
           {"tcp:localhost", 5, "no port number"},
           {"tcp:localhost:", 15, "missing"},
           {"tcp:localhost:65536", 15, "no port number"},
           {"tcp:[::1]", 10, "missing"},
           {"tcp:::1:5000", 5, "needs brackets"},
           {"tcp:[::1:5000", 5, "closing bracket"},
           {"tcp:localhost:1@x", 17, "not a line rate"},
       }) {
    auto spec = parse_port_spec(bad.text);
    ASSERT_FALSE(spec) << bad.text;
    EXPECT_EQ(spec.error().column, bad.column) << bad.text << ": " << spec.error().why;
    EXPECT_THAT(spec.error().why, HasSubstr(bad.why)) << bad.text;
    EXPECT_EQ(spec.error().excerpt, bad.text);
    EXPECT_THAT(spec.error().advice, HasSubstr("tcp:HOST:PORT"));
  }
}

TEST(PortSpec, RefusesBytesThatNoPathHas) {
  EXPECT_FALSE(parse_port_spec(std::string_view("pty:a\0b", 7)));
}

class DefaultPortSpecTest : public testing::Test {
 protected:
  void SetUp() override {
    if (const char* value = std::getenv("XDG_RUNTIME_DIR")) {
      before_ = value;
    }
    ::setenv("XDG_RUNTIME_DIR", folder.file("").c_str(), 1);
  }
  void TearDown() override {
    before_ ? ::setenv("XDG_RUNTIME_DIR", before_->c_str(), 1) : ::unsetenv("XDG_RUNTIME_DIR");
  }

  TemporaryFolder folder;

 private:
  std::optional<std::string> before_;
};

TEST_F(DefaultPortSpecTest, IsAPtyInAPrivateFolderOfTheRuntimeDirectory) {
  auto spec = default_port_spec();
  ASSERT_TRUE(spec) << base::to_block(spec.error());
  EXPECT_EQ(spec->kind, Kind::pty);
  EXPECT_EQ(spec->target, folder.file("") + "/attache/modem");
  struct stat found {};
  ASSERT_EQ(::stat(folder.file("attache").c_str(), &found), 0);
  EXPECT_EQ(found.st_mode & 07777U, 0700U);
}

TEST_F(DefaultPortSpecTest, IsInTmpWithoutARuntimeDirectory) {
  ::setenv("XDG_RUNTIME_DIR", folder.file("missing").c_str(), 1);
  auto spec = default_port_spec();
  ASSERT_TRUE(spec) << base::to_block(spec.error());
  EXPECT_EQ(spec->target, fmt::format("/tmp/attache-{}/modem", ::geteuid()));
}

TEST_F(DefaultPortSpecTest, RefusesAFolderOfSomebodyElse) {
  if (::geteuid() != 0) {
    GTEST_SKIP() << "only root can give a folder away";
  }
  std::filesystem::create_directory(folder.file("attache"));
  ASSERT_EQ(::chown(folder.file("attache").c_str(), 12345, 12345), 0);
  auto spec = default_port_spec();
  ASSERT_FALSE(spec);
  EXPECT_THAT(spec.error().why, HasSubstr("12345"));
}

TEST_F(DefaultPortSpecTest, RefusesALinkToAFolderOfAll) {
  std::filesystem::create_directory_symlink("/tmp", folder.file("attache"));
  EXPECT_THAT(default_port_spec().error().why, HasSubstr("other users may write to the folder"));
}

}  // namespace
}  // namespace attache::serial
