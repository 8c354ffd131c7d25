using Espalier.Tensors;

namespace Espalier.Data;

/// <summary>How <see cref="DataSource"/> opens data.</summary>
public readonly record struct DataSourceOptions()
{
    /// <summary>The defaults.</summary>
    public static DataSourceOptions Default => new();

    /// <summary>The share of samples that is held back for validation where the data has no part for it.</summary>
    public double ValidationShare { get; init; } = 0.1;

    /// <summary>What that share, and the generated pictures, are drawn from.</summary>
    public ulong Seed { get; init; }

    /// <summary>Generated pictures to learn from.</summary>
    public int GeneratedTraining { get; init; } = 10_000;

    /// <summary>Generated pictures to measure on.</summary>
    public int GeneratedValidation { get; init; } = 2_000;

    /// <summary>Pixels of a side of generated pictures.</summary>
    public int GeneratedSide { get; init; } = 32;

    /// <summary>What files may ask for.</summary>
    public Limits Limits { get; init; } = Limits.Default;
}
