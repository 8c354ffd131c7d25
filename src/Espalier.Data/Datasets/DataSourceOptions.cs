using Espalier.Tensors;

namespace Espalier.Data;

/// <summary>Options of <see cref="DataSource"/>.</summary>
public readonly record struct DataSourceOptions()
{
    /// <summary>The default options.</summary>
    public static DataSourceOptions Default => new();

    /// <summary>Fraction of the samples held back for validation where the data has no validation part, from 0 to 1; each part gets one at least.</summary>
    public double ValidationShare { get; init; } = 0.1;

    /// <summary>Random seed of that split and of generated images.</summary>
    public ulong Seed { get; init; }

    /// <summary>Number of generated images for training.</summary>
    public int GeneratedTraining { get; init; } = 10_000;

    /// <summary>Number of generated images for validation.</summary>
    public int GeneratedValidation { get; init; } = 2_000;

    /// <summary>Side of generated images, in pixels.</summary>
    public int GeneratedSide { get; init; } = 32;

    /// <summary>Limits on the sizes of files, images and arrays.</summary>
    public Limits Limits { get; init; } = Limits.Default;
}
