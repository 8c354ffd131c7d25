// OwnBlock FOLDER: a network with a block that is in no zoo learns drawn shapes.
using Espalier;
using Espalier.Graphs;
using Espalier.Models;
using Espalier.Tensors;
using Espalier.Training;

// A block is a function from value to value; names are those that PyTorch's state_dict would have.
static Value Block(Value x, int channels, int stride)
{
    Value branch = x.Conv2d("conv1", channels, 3, stride, padding: 1, groups: 4).BatchNorm("bn1").HardSwish("act1")
        .Conv2d("conv2", channels, 1).BatchNorm("bn2");
    Value shortcut = stride == 1 && x.Channels == channels ? x : x.Conv2d("downsample.0", channels, 1, stride).BatchNorm("downsample.1");
    return shortcut.Add("add", branch).HardSwish("act2");
}

Value x = new GraphBuilder().Input(3, 32, 32).Conv2d("conv1", 16, 3, padding: 1).BatchNorm("bn1").HardSwish("act");
x = x.In("layer1.0", x => Block(x, 16, 1)).In("layer2.0", x => Block(x, 32, 2)).In("layer3.0", x => Block(x, 64, 2));
x = x.GlobalAveragePool("avgpool").Flatten("flatten").Linear("fc", 10);
var metadata = new ModelMetadata { Architecture = "own", Preprocessing = new Preprocessing { Resize = 32, Crop = new Size(32, 32), Normalization = Normalization.Centred } };
Model model = new NetworkDefinition(x.Builder.Build(x), metadata).Initialize(seed: 1);

var options = new ImageTrainingOptions { Batch = 64, Folder = args[0], Training = new TrainingOptions { Epochs = 1, LearningRate = 0.05 } };
TrainingOutcome outcome = ImageTraining.FineTune(model, "shapes", options).Run();
Console.WriteLine($"{outcome.History[^1].ValidationAccuracy:P1} of the validation images after an epoch");
