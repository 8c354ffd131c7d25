using System.Globalization;
using Espalier;
using Espalier.Data;
using Espalier.Graphs;
using Espalier.Models;
using Espalier.Tensors;
using Espalier.Training;
using OwnExtension;

const int Side = 16;
var shapes = new GeneratedShapes(320, Side);
var loader = new DataLoader(shapes, new InputPipeline([3, Side, Side], Normalization.ImageNet), new DataLoaderOptions { BatchSize = 32, Shuffle = true, DropLast = true, Seed = 1 });
Model model = Zoo.Create("cifar_resnet8", new ZooOptions { InputSize = new Size(Side, Side) }).Initialize(seed: 1);
model = model.With(model.Metadata with { Labels = ValueList.From(shapes.Labels) });

using var trainer = new Trainer(model, loader, new TrainingOptions { Epochs = 3, LearningRate = 0.05, Seed = 1, Runtime = Runtimes.Cpu, Extensions = [new GradientCentralization(), new WeightAveraging(0.9)] })
{
    EpochFinished = epoch => Console.WriteLine(string.Create(CultureInfo.InvariantCulture, $"epoch {epoch.Epoch}: loss {epoch.TrainingLoss:F4}, accuracy {epoch.TrainingAccuracy:P1}")),
};
TrainingOutcome outcome = trainer.Run();
Console.WriteLine(outcome.Model.Metadata.Lineage[^1].Settings.First(setting => setting.Name == "gradient_centralization"));
