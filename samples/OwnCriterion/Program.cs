using System.Globalization;
using Espalier.Graphs;
using Espalier.Models;
using Espalier.Surgery;
using OwnCriterion;

Model model = Zoo.Create("cifar_resnet20").Initialize(seed: 1);
var criterion = new FilterDeviation();

PruningResult narrow = model.Prune(new ChannelPruning { Criterion = criterion, Target = PruningTarget.AtMostShare(PruningMeasure.MultiplyAccumulates, 0.5) });
PruningResult sparse = narrow.Model.Prune(new WeightPruning { Criterion = criterion, Target = PruningTarget.Fraction(0.8), IsGlobal = true });

double work = (double)narrow.Figures.MultiplyAccumulates / MultiplyAccumulates.Of(model.Graph);
Console.WriteLine(string.Create(CultureInfo.InvariantCulture, $"{narrow.RemovedChannels.Length} channels removed: {work:P1} of the multiply-accumulates are left"));
Console.WriteLine(string.Create(CultureInfo.InvariantCulture, $"{sparse.RemovedWeights} of {sparse.Weights} weights removed by '{criterion.Name}'"));
