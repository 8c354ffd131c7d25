namespace Espalier.Testing;

/// <summary>Where PyTorch's answers are: <c>tests/oracle/fixtures</c>, copied beside the test program.</summary>
public static class OracleFiles
{
    /// <summary>The full path of a file or folder of the fixtures.</summary>
    public static string Path(string relative) => System.IO.Path.Combine(AppContext.BaseDirectory, "oracle", relative);
}
