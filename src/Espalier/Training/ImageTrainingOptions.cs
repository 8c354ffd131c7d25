using Espalier.Data;
using Espalier.Graphs;
using Espalier.Imaging;
using Espalier.Models;
using Espalier.Surgery;
using Espalier.Tensors;
using Espalier.Training;

namespace Espalier;

/// <summary>The options of an <see cref="ImageTraining"/>.</summary>
public sealed record ImageTrainingOptions
{
    /// <summary>The options of the training loop: epochs, optimizer, learning rate, schedule, seed, threads and others.</summary>
    public TrainingOptions Training { get; init; } = new();

    /// <summary>The batch size, at least 1; limited to the number of training images.</summary>
    public int Batch { get; init; } = 128;

    /// <summary>The folder for checkpoints, the history (CSV, SVG, TensorBoard events) and the result; <see langword="null"/> to write no files.</summary>
    public string? Folder { get; init; }

    /// <summary>Whether to resume from the folder's checkpoint if it has one; the result is bit-identical to that of an uninterrupted run. If not set, a folder that contains a training run is refused.</summary>
    public bool Resume { get; init; }

    /// <summary>The names of the settings that may differ from those of the checkpoint to resume from, such as <c>epochs</c> and <c>learning_rate</c>; see <see cref="Trainer.Restore"/>. The lineage records the changes.</summary>
    public ValueList<string> Changes { get; init; } = [];

    /// <summary>How training makes up for classes with different numbers of images.</summary>
    public ClassBalance Balance { get; init; }

    /// <summary>The factor of each class in the loss of <see cref="TrainingOptions.Objective"/>, which is a <see cref="CrossEntropy"/> without weights of its own; <see langword="null"/> for those of <see cref="Balance"/>.</summary>
    public ClassWeights? ClassWeights { get; init; }

    /// <summary>The augmentation of the training images.</summary>
    public Augmentation Augmentation { get; init; } = Augmentation.Auto;

    /// <summary>The fraction of images, above 0 and below 1, that are used for validation if the data has no validation part.</summary>
    public double ValidationShare { get; init; } = 0.1;

    /// <summary>Whether the same fraction of each class is held back for validation; see <see cref="DataSourceOptions.Stratified"/>.</summary>
    public bool Stratified { get; init; } = true;

    /// <summary>How image files are decoded: EXIF orientation, and limits on pixels and bytes.</summary>
    public ImageDecodingOptions Decoding { get; init; } = ImageDecodingOptions.Default;

    /// <summary>How training images that cannot be read are handled. <see cref="UnreadableSamples.Stop"/> also applies to validation images, which are skipped otherwise.</summary>
    public UnreadableSamples Unreadable { get; init; } = UnreadableSamples.Replace;

    /// <summary>For fine-tuning: the rule by which the data's classes are matched to the model's outputs.</summary>
    public ClassRule Classes { get; init; }

    /// <summary>For fine-tuning: whether the model gets a new last layer for the data's classes. A model without labels and with another number of outputs always gets one.</summary>
    public bool NewHead { get; init; }

    /// <summary>Whether only the layers that compute the outputs are trained (<see cref="FrozenScopes.AllButHead"/>). Cannot be combined with another <see cref="FrozenScopes"/>.</summary>
    public bool HeadOnly { get; init; }

    /// <summary>For fine-tuning a network without norms, such as one that another program exported with its norms folded into the convolutions: whether a batch norm is put after each convolution (<see cref="NormInsertion"/>), with the statistics of training images, so that they change nothing before the first step.</summary>
    public bool FreshNorms { get; init; }

    /// <summary>The side of the input in pixels. For training from random weights, <see langword="null"/> stands for the size of the data's images if they have one, otherwise for the default of the architecture; for fine-tuning, for the model's (<see cref="InputReplacement"/>).</summary>
    public int? Side { get; init; }

    /// <summary>For training from random weights: the number of input channels, 1 for gray images or 3; for fine-tuning: the number to adapt the first convolutions to (<see cref="InputReplacement"/>). <see langword="null"/> for that of the network.</summary>
    public int? InputChannels { get; init; }

    /// <summary>For training from random weights: the multi-branch blocks that replace convolutions.</summary>
    public ValueList<BlockChoice> Blocks { get; init; }

    /// <summary>For training from random weights: the parts of a residual network that are replaced, such as its stem.</summary>
    public ResidualVariant Residual { get; init; }

    /// <summary>The stochastic depth to add for training, or <see langword="null"/>.</summary>
    public StochasticDepthWrapOptions? StochasticDepth { get; init; }

    /// <summary>The teacher for distillation, or <see langword="null"/>. It gets the images in its own preprocessing, and its classes are matched to the student's.</summary>
    public Model? Teacher { get; init; }

    /// <summary>The temperature of distillation; above 1 it raises the small probabilities of the teacher.</summary>
    public double Temperature { get; init; } = 4;

    /// <summary>The weight of the teacher's part of the loss, from 0 to 1.</summary>
    public double Alpha { get; init; } = 0.9;

    internal void Require()
    {
        TrainingOptionRanges.Require(Training);
        OptionCheck.AtLeast<int>(Batch, 1, $"{nameof(ImageTrainingOptions)}.{nameof(Batch)}");
        OptionCheck.NotEmpty(Folder, $"{nameof(ImageTrainingOptions)}.{nameof(Folder)}");
        OptionCheck.NotNull(Augmentation, $"{nameof(ImageTrainingOptions)}.{nameof(Augmentation)}");
        OptionCheck.Require(ValidationShare is > 0 and < 1, ValidationShare, "a share above 0 and below 1", $"{nameof(ImageTrainingOptions)}.{nameof(ValidationShare)}");
        OptionCheck.AtLeast(Side, 1, $"{nameof(ImageTrainingOptions)}.{nameof(Side)}");
        OptionCheck.Require(Temperature > 0, Temperature, "a number above 0", $"{nameof(ImageTrainingOptions)}.{nameof(Temperature)}");
        OptionCheck.Require(Alpha is >= 0 and <= 1, Alpha, "a number from 0 to 1", $"{nameof(ImageTrainingOptions)}.{nameof(Alpha)}");
    }

    internal DataSourceOptions ToSource(int side) => new() { ValidationShare = ValidationShare, Stratified = Stratified, Decoding = Decoding, GeneratedSide = side };
}
