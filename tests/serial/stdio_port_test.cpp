#include <gmock/gmock.h>
#include <sys/socket.h>

#include "loop_test.hpp"
#include "serial/stream_port.hpp"

namespace attache::serial {
namespace {

class StdioPortTest : public LoopTest {
 protected:
  void SetUp() override {
    std::array<int, 2> pipe{};
    ASSERT_EQ(::pipe2(pipe.data(), O_CLOEXEC), 0);
    input = base::FileDescriptor(pipe[0]);
    to_input = base::FileDescriptor(pipe[1]);
    ASSERT_EQ(::pipe2(pipe.data(), O_CLOEXEC), 0);
    from_output = base::FileDescriptor(pipe[0]);
    output = base::FileDescriptor(pipe[1]);
  }

  base::FileDescriptor input;
  base::FileDescriptor to_input;
  base::FileDescriptor from_output;
  base::FileDescriptor output;
};

TEST_F(StdioPortTest, CarriesBytesBothWaysUntilTheInputEnds) {
  auto port = *open_stdio_port(context, input.get(), output.get());
  EXPECT_EQ(port->address(), "stdio");
  Reader reader(context, *port);
  port->write("Ready\r\n");
  EXPECT_EQ(host_reads(from_output.get(), 7), "Ready\r\n");
  host_writes(to_input.get(), "AT\r\n");
  run_until([&] { return reader.bytes() == "AT\r\n"; });
  to_input.reset();
  run_until([&] { return reader.ended(); });
}

TEST_F(StdioPortTest, LeavesTheFlagsOfSharedPipesAlone) {
  auto port = *open_stdio_port(context, input.get(), output.get());
  EXPECT_EQ(::fcntl(input.get(), F_GETFL) & O_NONBLOCK, 0);
  EXPECT_EQ(::fcntl(output.get(), F_GETFL) & O_NONBLOCK, 0);
}

TEST_F(StdioPortTest, GivesSocketsTheirFlagsBack) {
  std::array<int, 2> pair{};
  ASSERT_EQ(::socketpair(AF_UNIX, SOCK_STREAM, 0, pair.data()), 0);
  base::FileDescriptor device(pair[0]);
  base::FileDescriptor host(pair[1]);
  auto port = *open_stdio_port(context, device.get(), device.get());
  Reader reader(context, *port);
  host_writes(host.get(), "AT");
  run_until([&] { return reader.bytes() == "AT"; });
  port->write("OK");
  EXPECT_EQ(host_reads(host.get(), 2), "OK");
  port.reset();
  EXPECT_EQ(::fcntl(device.get(), F_GETFL) & O_NONBLOCK, 0);
}

TEST_F(StdioPortTest, ReadsAFileFromWhereItStands) {
  std::ofstream(folder.file("script")) << "skipped AT\r\n";
  base::FileDescriptor script = base::open_file(folder.file("script"), O_RDONLY);
  ASSERT_EQ(::lseek(script.get(), 8, SEEK_SET), 8);
  base::FileDescriptor answers = base::open_file(folder.file("answers"), O_WRONLY | O_CREAT);
  auto port = *open_stdio_port(context, script.get(), answers.get());
  Reader reader(context, *port);
  run_until([&] { return reader.ended(); });
  EXPECT_EQ(reader.bytes(), "AT\r\n");
}

TEST_F(StdioPortTest, DropsAndCountsWhatNobodyReads) {
  auto port = *open_stdio_port(context, input.get(), output.get());
  Reader reader(context, *port);
  from_output.reset();
  port->write("lost");
  EXPECT_EQ(port->dropped(), 4U);
  host_writes(to_input.get(), "AT");
  run_until([&] { return reader.bytes() == "AT"; });
}

TEST_F(StdioPortTest, RefusesADescriptorThatIsClosed) {
  auto port = open_stdio_port(context, 9999, output.get());
  ASSERT_FALSE(port);
  EXPECT_THAT(port.error().why, testing::HasSubstr("standard input"));
}

}  // namespace
}  // namespace attache::serial
