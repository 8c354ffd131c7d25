namespace Espalier.Cli.Data;

/// <summary>An image that could not be read.</summary>
/// <param name="Sample">Which.</param>
/// <param name="Reason">Why, in one line.</param>
internal readonly record struct SampleFailure(Sample Sample, string Reason)
{
    /// <summary>The line a person sees; decoders name the file themselves.</summary>
    public override string ToString() => Reason.Contains(Sample.Name, StringComparison.Ordinal) ? Reason : $"{Sample.Name}: {Reason}";
}
