// PruneFoldShip MODEL DATA OUT: half of the weights go in two steps, an epoch of fine-tuning after each makes up for them, and the folded network is written without its zeros.
using Espalier;

var model = ModelSource.Load(args[0]);
PrunedModel pruned = model.Prune(PruneOptions.Weights(0.5).Recovering(epochs: 1, args[1]) with { Steps = 2 });
FoldedModel folded = pruned.Model.Fold();
folded.Model.Save(args[2], new SaveOptions { Compact = true });
foreach (LedgerStep step in folded.Model.History())
{
    Console.WriteLine($"{step.Label,-12} {step.Figures?.NonZeros,10:N0} weights  {step.Figures?.Bytes,10:N0} bytes  {step.Figures?.Accuracy:P1}");
}
