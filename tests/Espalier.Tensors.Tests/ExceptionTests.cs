namespace Espalier.Tensors.Tests;

public sealed class ExceptionTests
{
    [Fact]
    public void Malformed_input_says_what_was_read_where_it_failed_and_why()
    {
        var error = Assert.Throws<MalformedInputException>(() => MalformedInputException.Throw("a.pth", 1234, "expected a pickle, found text"));
        Assert.Equal("a.pth: at byte 1234: expected a pickle, found text", error.Message);
        Assert.Equal(("a.pth", 1234L, "expected a pickle, found text"), (error.Input, error.Offset, error.Reason));
        Assert.IsType<EspalierException>(error, exactMatch: false);
    }

    [Fact]
    public void Where_no_byte_is_at_fault_none_is_named() =>
        Assert.Equal("a.pth: too large", new MalformedInputException("a.pth", null, "too large").Message);

    [Fact]
    public void A_message_is_one_line_whatever_names_it_quotes()
    {
        string message = new EspalierException("no tensor 'a\nb\u001b[31m\r'").Message;
        Assert.Equal(@"no tensor 'a\u000Ab\u001B[31m\u000D'", message);
        Assert.Equal(2001, new EspalierException(new string('x', 1_000_000)).Message.Length);
    }

    [Fact]
    public void A_cause_is_kept()
    {
        var cause = new IOException("disk");
        Assert.Same(cause, new EspalierException("could not write", cause).InnerException);
    }
}
