namespace Espalier.Tensors;

/// <summary>How many threads an option asks for.</summary>
internal static class ThreadCount
{
    /// <summary>More than the processors of nearly any machine; tens of thousands of threads would take the memory of the machine rather than an error.</summary>
    internal const int Most = 1024;

    /// <summary>One for each processor.</summary>
    internal static int Usual => Math.Min(Environment.ProcessorCount, Most);

    /// <summary>The number of threads, with 0 replaced by the number of processors.</summary>
    /// <param name="asked">The number requested; 0 for one per processor.</param>
    /// <param name="option">The option's name, with that of its type.</param>
    /// <param name="parameter">The parameter that has it; <see langword="null"/> for <c>options</c>.</param>
    /// <exception cref="ArgumentOutOfRangeException">It is negative or more than <see cref="Most"/>.</exception>
    internal static int Of(int asked, string option, string? parameter = null)
    {
        Require(asked, option, parameter);
        return asked > 0 ? asked : Usual;
    }

    /// <summary>Makes sure that a number of threads can be had.</summary>
    /// <exception cref="ArgumentOutOfRangeException">It is negative or more than <see cref="Most"/>.</exception>
    internal static void Require(int asked, string option, string? parameter = null) =>
        OptionCheck.Require(asked is >= 0 and <= Most, asked, $"1 to {Most}, or 0 for one for each processor", option, parameter);
}
