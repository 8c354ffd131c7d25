using System.Collections.Immutable;
using System.Globalization;
using Espalier.Tensors;

namespace Espalier.Data;

/// <summary>
/// Applies randomly chosen operations of one magnitude (Cubuk et al., "RandAugment: practical automated data augmentation with a reduced
/// search space", 2020), with the operations and magnitudes of torchvision's <c>RandAugment</c>.
/// </summary>
/// <param name="Count">Number of operations applied to each image.</param>
/// <param name="Magnitude">Magnitude of the operations, from 0 to 30.</param>
public sealed record RandAugment(int Count = 2, int Magnitude = 9) : IImageTransform
{
    private const int Steps = 30; // torchvision's 31 bins
    private const double Shift = 150.0 / 331; // AutoAugment moved images of 331 pixels by up to 150
    private const float LargestFactor = 0.9f;
    private const ulong ValuesPerOperation = 2;

    private static readonly ImmutableArray<AugmentOperation> All = [.. Enum.GetValues<AugmentOperation>()];

    /// <summary>The operations to choose from, each with the same probability.</summary>
    public ImmutableArray<AugmentOperation> Operations { get; init; } = All;

    /// <summary>Whether count, magnitude and the list of operations are equal.</summary>
    public bool Equals(RandAugment? other) =>
        other is not null && (Count, Magnitude) == (other.Count, other.Magnitude) && Operations.SequenceEqual(other.Operations);

    /// <summary>The settings as text, with the operations by name, because a record would print only the array's type.</summary>
    public override string ToString() => string.Create(
        CultureInfo.InvariantCulture, $"RandAugment {{ Count = {Count}, Magnitude = {Magnitude}, Operations = {string.Join(' ', Operations)} }}");

    /// <inheritdoc/>
    public override int GetHashCode() => Operations.Aggregate(HashCode.Combine(Count, Magnitude), HashCode.Combine);

    /// <inheritdoc/>
    public void Apply(PixelBuffer pixels, CounterRandom random)
    {
        ArgumentNullException.ThrowIfNull(pixels);
        ArgumentOutOfRangeException.ThrowIfNegative(Magnitude);
        ArgumentOutOfRangeException.ThrowIfGreaterThan(Magnitude, Steps);
        for (int i = 0; i < Count; i++)
        {
            ulong number = (ulong)i * ValuesPerOperation;
            AugmentOperation operation = Operations[(int)random.Below(number, Operations.Length)];
            Apply(pixels, operation, Magnitude, random.Below(number + 1, 2) == 1);
        }
    }

    /// <summary>Applies one operation.</summary>
    /// <param name="pixels">The image.</param>
    /// <param name="operation">The operation.</param>
    /// <param name="magnitude">Magnitude from 0 to 30.</param>
    /// <param name="negative">Whether the direction is reversed, for operations that have one.</param>
    internal static void Apply(PixelBuffer pixels, AugmentOperation operation, int magnitude, bool negative)
    {
        float Signed(double greatest) => negative ? -Step(greatest, magnitude) : Step(greatest, magnitude);
        float Factor() => (float)(1.0 + Signed(LargestFactor));
        switch (operation)
        {
            case AugmentOperation.Identity:
                break;
            case AugmentOperation.ShearX:
                AffineSampling.ShearX(pixels, Signed(0.3));
                break;
            case AugmentOperation.ShearY:
                AffineSampling.ShearY(pixels, Signed(0.3));
                break;
            case AugmentOperation.TranslateX:
                AffineSampling.Translate(pixels, (int)Signed(Shift * pixels.Width), 0);
                break;
            case AugmentOperation.TranslateY:
                AffineSampling.Translate(pixels, 0, (int)Signed(Shift * pixels.Height));
                break;
            case AugmentOperation.Rotate:
                AffineSampling.Rotate(pixels, Signed(30));
                break;
            case AugmentOperation.Brightness:
                ColorOperations.Brightness(pixels.Pixels, Factor());
                break;
            case AugmentOperation.Saturation:
                ColorOperations.Saturation(pixels.Pixels, Factor());
                break;
            case AugmentOperation.Contrast:
                ColorOperations.Contrast(pixels.Pixels, Factor());
                break;
            case AugmentOperation.Sharpness:
                Sharpness.Apply(pixels, Factor());
                break;
            case AugmentOperation.Posterize:
                ColorOperations.Posterize(pixels.Pixels, 8 - (int)Math.Round(magnitude / (Steps / 4.0)));
                break;
            case AugmentOperation.Solarize:
                ColorOperations.Solarize(pixels.Pixels, 255 - Step(255, magnitude));
                break;
            case AugmentOperation.AutoContrast:
                ColorOperations.AutoContrast(pixels.Pixels);
                break;
            case AugmentOperation.Equalize:
                ColorOperations.Equalize(pixels.Pixels);
                break;
            default:
                throw new ArgumentOutOfRangeException(nameof(operation), operation, "no such operation");
        }
    }

    /// <summary>A value between 0 and the maximum, computed in float32 from the nearer end, as <c>torch.linspace</c> does.</summary>
    private static float Step(double greatest, int magnitude)
    {
        float end = (float)greatest, step = end / Steps;
        return magnitude < (Steps + 1) / 2 ? step * magnitude : end - (step * (Steps - magnitude));
    }
}
